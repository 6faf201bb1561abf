namespace Caisson.Workspaces.Jobs;

/// <summary>A step of a job that could not be done; the job has failed with it.</summary>
internal sealed class StepFailure(JobError error, Exception? inner = null) : Exception(error.Message, inner)
{
    internal JobError Error => error;
}
