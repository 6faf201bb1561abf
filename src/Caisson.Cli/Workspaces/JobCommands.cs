using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class JobCommands
{
    internal static Command Create() =>
        new("job", "What was done for workspaces, step by step.") { JobListCommand.Create(), Show(), Cancel(), Retry(), Log() };

    private static Command Show()
    {
        var job = Job();
        return new Command("show", "Shows the steps of a job.") { job }
            .Prints(WorkspaceJson.Default.JobResponse)
            .Examples("caisson job show j-…", "caisson job show j-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    return Print(
                        result,
                        await client.GetAsync(Path(result.GetValue(job)!), WorkspaceJson.Default.JobResponse, cancellation)
                    );
                }
            );
    }

    private static Command Cancel()
    {
        var job = Job();
        return new Command("cancel", "Ends a job and takes back what it made.") { job }
            .Prints(WorkspaceJson.Default.JobResponse)
            .Examples("caisson job cancel j-…", "caisson job cancel j-… --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    return Print(
                        result,
                        await client.PostAsync(
                            $"{Path(result.GetValue(job)!)}/cancel",
                            new Problem(),
                            ApiJson.Default.Problem,
                            WorkspaceJson.Default.JobResponse,
                            cancellation
                        )
                    );
                }
            );
    }

    private static Command Retry()
    {
        var job = Job();
        var scratch = new Option<bool>("--from-scratch") { Description = "All steps anew, not from the one that failed." };
        var keep = new Option<bool>("--keep") { Description = "Leave the sandbox up for 15 minutes when it fails again." };
        return new Command("retry", "Runs a failed or cancelled job again.") { job, scratch, keep }
            .Prints(WorkspaceJson.Default.JobResponse)
            .Examples("caisson job retry j-…", "caisson job retry j-… --keep")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var retried = await client.PostAsync(
                        $"{Path(result.GetValue(job)!)}/retry",
                        new RetryRequest(result.GetValue(scratch) ? "scratch" : "step", result.GetValue(keep)),
                        WorkspaceJson.Default.RetryRequest,
                        WorkspaceJson.Default.JobResponse,
                        cancellation
                    );
                    return Print(result, await JobWatch.FollowAsync(client, retried, cancellation));
                }
            );
    }

    private static Command Log()
    {
        var job = Job();
        return new Command("log", "Prints what the steps of a job said.") { job }
            .Examples("caisson job log j-…", "caisson job log j-… | grep failed")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    await client.CopyAsync($"{Path(result.GetValue(job)!)}/log", Console.OpenStandardOutput(), cancellation);
                    return ExitCode.Ok;
                }
            );
    }

    private static int Print(ParseResult result, JobResponse job)
    {
        if (Verb.IsJson(result))
        {
            Printer.Json(job, WorkspaceJson.Default.JobResponse);
            return ExitCode.Ok;
        }
        Console.Out.WriteLine($"{job.Kind} {job.State}, attempt {job.Attempt}");
        Printer.Table(
            ["STEP", "STATE", "SECONDS", "MESSAGE"],
            job.Steps.Select(step =>
                (IReadOnlyList<string>)[step.Name, step.State, step.Seconds is { } seconds ? $"{seconds:0.0}" : "-", step.Message ?? "-"]
            )
        );
        return ExitCode.Ok;
    }

    private static Argument<string> Job() => new Argument<string>("job") { Description = "Id of a job." }.Completes(LiveNames.Jobs);

    private static string Path(string job) => $"/api/v1/jobs/{Uri.EscapeDataString(job)}";
}
