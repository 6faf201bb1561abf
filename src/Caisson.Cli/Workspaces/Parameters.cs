using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

/// <summary><c>NAME=VALUE</c> as the command line gives it.</summary>
internal static class Parameters
{
    internal static IReadOnlyDictionary<string, string> Read(IEnumerable<string> given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw new CommandFailure(ExitCode.Usage, $"-p {text}: NAME=VALUE is expected.");
            values[name] = value;
        }
        return values;
    }
}
