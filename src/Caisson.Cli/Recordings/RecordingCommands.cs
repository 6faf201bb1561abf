using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Recordings;

internal static class RecordingCommands
{
    internal static Command Create() =>
        new("recording", "Terminals that were recorded, as their policy says.")
        {
            List(),
            Show(),
            ExportCommand.Create(),
            Hold(),
            Remove(),
            Verify(),
        };

    internal static Argument<string> Recording() => new("recording") { Description = "A recording (`caisson recording ls`)." };

    internal static string Path(string id) => $"/api/v1/recordings/{Uri.EscapeDataString(id)}";

    private static Command List()
    {
        var workspace = new Option<string?>("--workspace", "-w")
        {
            Description = "Only those of this workspace or sandbox.",
            HelpName = "ID",
        };
        return new Command("ls", "Lists recordings, newest first.") { workspace }
            .Prints(ApiJson.Default.RecordingList)
            .Examples("caisson recording ls", "caisson recording ls --workspace w-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var filter = result.GetValue(workspace) is { } id ? $"&workspace={Uri.EscapeDataString(id)}" : "";
                    var list = await client.GetAsync($"/api/v1/recordings?limit=200{filter}", ApiJson.Default.RecordingList, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (list, ApiJson.Default.RecordingList),
                        (list.Items, ApiJson.Default.RecordingResponse),
                        ["RECORDING", "WORKSPACE", "LABEL", "STARTED", "LENGTH", "STATE", "HELD"],
                        recording =>
                            [
                                recording.Id,
                                recording.Workspace,
                                recording.Label,
                                recording.Started.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                                Length(recording.Duration),
                                recording.State,
                                recording.Held ? "held" : "-",
                            ]
                    );
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Show()
    {
        var recording = Recording();
        return new Command("show", "Shows what is known of a recording, and what the gateway decided while it ran.") { recording }
            .Prints(ApiJson.Default.RecordingIndex)
            .Examples("caisson recording show r-…", "caisson recording show r-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var index = await client.GetAsync(
                        $"{Path(result.GetValue(recording)!)}/index",
                        ApiJson.Default.RecordingIndex,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                    {
                        Printer.Json(index, ApiJson.Default.RecordingIndex);
                        return ExitCode.Ok;
                    }
                    var one = index.Recording;
                    foreach (
                        var (title, value) in new[]
                        {
                            ("workspace", one.Workspace),
                            ("terminal", $"{one.Terminal} {one.Label}"),
                            ("started", one.Started.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
                            ("length", Length(one.Duration)),
                            ("state", one.EndReason is { } reason ? $"{one.State}: {reason}" : one.State),
                            (
                                "until",
                                one.Held ? "held" : one.Until?.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-"
                            ),
                        }
                    )
                        Console.Out.WriteLine($"{title, -10} {value}");
                    foreach (var mark in index.Marks)
                        Console.Out.WriteLine($"{Length(mark.Time), -10} {mark.Kind} {mark.Text}{(mark.Id is { } id ? $" ({id})" : "")}");
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Hold()
    {
        var recording = Recording();
        var release = new Option<bool>("--release") { Description = "Holds it no longer." };
        return new Command("hold", "Keeps a recording beyond its time, until it is released.") { recording, release }
            .Prints(ApiJson.Default.RecordingResponse)
            .Examples("caisson recording hold r-…", "caisson recording hold r-… --release")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var held = await client.PutAsync(
                        $"{Path(result.GetValue(recording)!)}/hold",
                        new RecordingHold(!result.GetValue(release)),
                        ApiJson.Default.RecordingHold,
                        ApiJson.Default.RecordingResponse,
                        cancellation
                    );
                    return Said(result, held, held.Held ? $"{held.Id} is held" : $"{held.Id} is held no longer");
                }
            );
    }

    private static Command Remove()
    {
        var recording = Recording();
        return new Command("rm", "Deletes a recording that has ended and is not held.") { recording }
            .Prints(ApiJson.Default.RecordingResponse)
            .Examples("caisson recording rm r-…", "caisson recording rm r-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var gone = await client.DeleteAsync(Path(result.GetValue(recording)!), ApiJson.Default.RecordingResponse, cancellation);
                    return Said(result, gone, $"{gone.Id} is deleted");
                }
            );
    }

    private static Command Verify()
    {
        var recording = new Argument<string?>("recording")
        {
            Description = "One recording; without it all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("verify", "Finds recordings that were changed, cut or removed since they were written.") { recording }
            .Prints(ApiJson.Default.RecordingChecks)
            .Examples("caisson recording verify", "caisson recording verify r-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var only = result.GetValue(recording) is { } id ? $"?id={Uri.EscapeDataString(id)}" : "";
                    var checks = await client.PostAsync(
                        $"/api/v1/recordings/verify{only}",
                        new Problem(),
                        ApiJson.Default.Problem,
                        ApiJson.Default.RecordingChecks,
                        cancellation
                    );
                    var wrong = checks.Items.Count(check => check.Problem is not null);
                    if (Verb.IsJson(result))
                        Printer.Json(checks, ApiJson.Default.RecordingChecks);
                    else
                    {
                        foreach (var check in checks.Items.Where(check => check.Problem is not null))
                            Console.Out.WriteLine($"{check.Id}  {check.Problem}");
                        Printer.Words($"caisson: {checks.Items.Count} verified, {wrong} not as written");
                    }
                    return wrong == 0 ? ExitCode.Ok : ExitCode.Error;
                }
            );
    }

    private static int Said(ParseResult result, RecordingResponse recording, string words)
    {
        if (Verb.IsJson(result))
            Printer.Json(recording, ApiJson.Default.RecordingResponse);
        else
            Printer.Words($"caisson: {words}");
        return ExitCode.Ok;
    }

    private static string Length(double seconds) => TimeSpan.FromSeconds(seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);
}
