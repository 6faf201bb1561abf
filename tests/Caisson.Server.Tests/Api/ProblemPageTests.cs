using Caisson.Server.Endpoints;

namespace Caisson.Server.Tests.Api;

public sealed class ProblemPageTests
{
    [Fact]
    public void ThePage_HasEveryCode_AsAnswersHaveIt()
    {
        var page = RepositoryFile.Read("docs/api.md");
        var rows = ProblemCodes
            .All.OrderBy(pair => pair.Value.Status)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"| `{pair.Key}` | {pair.Value.Status} | {pair.Value.Meaning} |");
        page.ShouldEndWith(string.Join('\n', rows) + "\n");
    }
}
