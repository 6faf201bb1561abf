using System.Text;
using Caisson.Api;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

/// <summary>Collects the values that a plan needs from the caller: variables of this process, and answers typed without echo.</summary>
internal static class Answers
{
    /// <summary>Fails by name when a variable that the plan requires is set neither here nor at the server.</summary>
    internal static void CheckVariables(PlanResponse plan)
    {
        var missing = plan.Needs.Where(need =>
            need is { Kind: "env", Required: true, Available: false } && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(need.Name))
        );
        if (missing.FirstOrDefault() is { } first)
            throw new CommandFailure(
                ExitCode.Configuration,
                $"The {first.Text} is not set.",
                $"export {first.Name}=…, or give it another source in the policy",
                [.. missing.Skip(1).Select(need => $"The {need.Text} is not set.")]
            );
    }

    internal static Dictionary<string, string> Collect(PlanResponse plan)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var need in plan.Needs)
        {
            var value = need.Kind == "env" ? Environment.GetEnvironmentVariable(need.Name) : Ask(need);
            if (!string.IsNullOrEmpty(value))
                values[need.Key] = value;
        }
        return values;
    }

    private static string Ask(PlanNeed need)
    {
        if (!RawTerminal.IsInteractive)
            throw new CommandFailure(
                ExitCode.Configuration,
                $"'{need.Name}' has to be typed at the launch, and there is no terminal to ask on.",
                "Run it on a terminal, or give the value another source in the policy."
            );
        Console.Error.Write($"{need.Text}: ");
        var text = ReadUnseen();
        Console.Error.WriteLine();
        return text;
    }

    private static string ReadUnseen()
    {
        using var raw = RawTerminal.Enter();
        using var input = StandardInput.Open();
        var bytes = new List<byte>();
        while (true)
        {
            switch (input.ReadByte())
            {
                case -1 or '\r' or '\n' or 4:
                    return Encoding.UTF8.GetString([.. bytes]);
                case 3:
                    throw new OperationCanceledException();
                case 127 or 8:
                    while (bytes.Count > 0 && (bytes[^1] & 0xc0) == 0x80)
                        bytes.RemoveAt(bytes.Count - 1);
                    if (bytes.Count > 0)
                        bytes.RemoveAt(bytes.Count - 1);
                    break;
                case var value:
                    bytes.Add((byte)value);
                    break;
            }
        }
    }
}
