using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Cli.Sandboxes;

internal static class DiffCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        return new Command("diff", "Prints the work in a sandbox's clone or copy as a patch.") { sandbox }
            .Prints(ApiJson.Default.PatchResponse)
            .Examples("caisson diff web-1a2b3", "caisson diff web-1a2b3 > work.patch")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var patch = await client.GetAsync(
                        $"{Names.Path(result.GetValue(sandbox)!)}/patch",
                        ApiJson.Default.PatchResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(patch, ApiJson.Default.PatchResponse);
                    else
                        Console.Out.Write(patch.Patch);
                    return ExitCode.Ok;
                }
            );
    }
}

internal static class ApplyCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        var include = new Option<bool>("--include-protected")
        {
            Description = "Also apply changes to files that can run something on this machine (hooks, editor and agent settings).",
        };
        return new Command("apply", "Applies the work in a sandbox to the repository it came from. Runs no hook and no filter.")
        {
            sandbox,
            include,
        }
            .Examples("caisson apply web-1a2b3", "caisson diff web-1a2b3 | less && caisson apply web-1a2b3")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var path = Names.Path(result.GetValue(sandbox)!);
                    var found = await client.GetAsync(path, ApiJson.Default.SandboxResponse, cancellation);
                    var patch = await client.GetAsync($"{path}/patch", ApiJson.Default.PatchResponse, cancellation);
                    // Applied by this process, as the person who asked, not by the server.
                    var files = await PatchApplication.ApplyAsync(
                        patch.Root ?? found.Directory,
                        patch.Patch,
                        result.GetValue(include),
                        cancellation
                    );
                    Printer.Words(
                        files.Count == 0
                            ? "caisson: there is nothing to apply"
                            : $"caisson: applied to {files.Count} file(s) in {patch.Root}"
                    );
                    return ExitCode.Ok;
                }
            );
    }
}
