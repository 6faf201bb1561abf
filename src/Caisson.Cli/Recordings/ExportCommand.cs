using System.CommandLine;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Recordings;

internal static class ExportCommand
{
    internal static Command Create()
    {
        var recording = RecordingCommands.Recording();
        var kind = new Option<string>("--format")
        {
            Description = "asciicast v3 or v2, or the lines as txt.",
            DefaultValueFactory = _ => "v3",
        };
        kind.AcceptOnlyFromAmong("v3", "v2", "txt");
        var output = new Option<string?>("--output", "-o") { Description = "A file; without it, standard output.", HelpName = "FILE" };
        return new Command("export", "Writes a recording for asciinema, its player, or reading.") { recording, kind, output }
            .Examples("caisson recording export r-… -o session.cast", "caisson recording export r-… --format txt | less")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var path = $"{RecordingCommands.Path(result.GetValue(recording)!)}/cast?download=true&format={result.GetValue(kind)}";
                    if (result.GetValue(output) is not { } file)
                    {
                        await using var standard = Console.OpenStandardOutput();
                        await client.CopyAsync(path, standard, cancellation);
                        return ExitCode.Ok;
                    }
                    // Beside it first: an export that breaks off leaves no half of a file under the name that was wished.
                    var partial = file + ".partial";
                    await using (var stream = File.Create(partial))
                        await client.CopyAsync(path, stream, cancellation);
                    File.Move(partial, file, overwrite: true);
                    return ExitCode.Ok;
                }
            );
    }
}
