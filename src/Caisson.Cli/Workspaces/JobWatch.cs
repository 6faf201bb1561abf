using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

/// <summary>Follows a job to its end and says each step once.</summary>
internal static class JobWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <exception cref="CommandFailure">It failed, with its step, cause and fix.</exception>
    internal static async Task<JobResponse> FollowAsync(ServerClient client, JobResponse job, CancellationToken cancellation)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            foreach (var step in job.Steps.Where(step => step.State is "succeeded" or "failed" && told.Add(step.Name)))
                Printer.Words(
                    $"caisson: {step.Title}{(step.Seconds is { } seconds ? $" ({seconds:0.0} s)" : "")}{(step.State == "failed" ? ": failed" : "")}"
                );
            switch (job)
            {
                case { State: "succeeded" }:
                    return job;
                case { State: "cancelled" }:
                    throw new CommandFailure(ExitCode.State, $"The job {job.Id} was cancelled.");
                case { State: "failed", Error: { } error }:
                    throw new CommandFailure(
                        ExitCode.Error,
                        $"{error.Message} (step {error.Step})",
                        error.Fix ?? $"caisson job retry {job.Id}",
                        [$"caisson job log {job.Id}"]
                    );
            }
            await Task.Delay(Pause, cancellation);
            job = await client.GetAsync($"/api/v1/jobs/{job.Id}", WorkspaceJson.Default.JobResponse, cancellation);
        }
    }
}
