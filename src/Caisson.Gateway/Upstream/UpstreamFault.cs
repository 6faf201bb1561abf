using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Upstream;

/// <summary>Why an upstream was not reached, with the words for whoever asked.</summary>
internal sealed class UpstreamFault(Reason reason, int status, string message, params string[] nextSteps) : Exception(message)
{
    private string? rule;

    public Reason Reason => reason;
    public int Status => status;

    public static UpstreamFault Of(Decision decision) =>
        new(decision.Reason!.Value, decision.Status, decision.Message, [.. decision.NextSteps]) { rule = decision.Rule };

    public Decision AsDecision(Decision allowed) =>
        new()
        {
            Verdict = Verdict.Deny,
            Reason = reason,
            Rule = rule ?? allowed.Rule,
            Route = allowed.Route,
            Message = Message,
            NextSteps = nextSteps,
            Status = status,
        };
}
