using System.CommandLine;
using Caisson.Cli.Output;

namespace Caisson.Cli.Completion;

/// <summary><c>caisson man</c>: the pages of the manual, made from the verbs themselves.</summary>
internal static class ManualCommand
{
    internal static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "Where the pages go, such as /usr/local/share/man/man1." };
        return new Command("man", "Writes a page of the manual for each verb: caisson.1, caisson-run.1, ….") { directory }
            .Examples("caisson man /usr/local/share/man/man1", "caisson man /tmp/man && man -l /tmp/man/caisson.1")
            .Does(
                (result, _) =>
                {
                    var folder = result.GetValue(directory)!;
                    try
                    {
                        Directory.CreateDirectory(folder);
                        foreach (var (name, page) in ManualPage.All(CommandLine.Create()))
                            File.WriteAllText(Path.Combine(folder, name), page);
                    }
                    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                    {
                        throw new CommandFailure(
                            ExitCode.Error,
                            $"The pages can't be written: {exception.Message}",
                            "Name another directory."
                        );
                    }
                    Printer.Words($"caisson: pages are in {folder}; man -M {Path.GetDirectoryName(Path.GetFullPath(folder))} caisson");
                    return Task.FromResult(ExitCode.Ok);
                }
            );
    }
}
