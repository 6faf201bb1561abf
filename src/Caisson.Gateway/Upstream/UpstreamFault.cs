using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Upstream;

/// <summary>Why an upstream was not reached, with the words for whoever asked.</summary>
internal sealed class UpstreamFault(Reason reason, int status, string message, params string[] nextSteps) : Exception(message)
{
    public Reason Reason => reason;
    public int Status => status;

    public Decision AsDecision(Decision allowed) =>
        new()
        {
            Verdict = Verdict.Deny,
            Reason = reason,
            Rule = allowed.Rule,
            Route = allowed.Route,
            Message = Message,
            NextSteps = nextSteps,
            Status = status,
        };

    /// <summary>The fault inside an exception of the HTTP client, which wraps what its callbacks throw.</summary>
    public static UpstreamFault? In(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is UpstreamFault fault)
                return fault;
        }
        return null;
    }
}
