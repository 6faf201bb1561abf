namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>What a command did.</summary>
internal sealed record Outcome(int Code, string Out, string Error, TimeSpan Took)
{
    /// <summary>For messages of failed assertions.</summary>
    internal string All => $"exit {Code} after {Took.TotalSeconds:0.0} s\n--- out\n{Out}\n--- err\n{Error}";

    internal Outcome ShouldSucceed()
    {
        Code.ShouldBe(0, All);
        return this;
    }
}
