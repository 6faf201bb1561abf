using System.Buffers.Text;
using System.Text;
using Caisson.Sandboxes;

namespace Caisson.Server.Endpoints;

/// <summary>Pages of lists: <c>limit</c> from 1 to 200, and a cursor that is nobody's business but ours.</summary>
internal static class Paging
{
    private const int Default = 50;
    private const int Most = 200;

    /// <exception cref="SandboxException"><c>invalid_request</c></exception>
    internal static int Limit(int? limit) =>
        limit is < 1 or > Most ? throw new SandboxException("invalid_request", $"limit: 1 to {Most} is expected.") : limit ?? Default;

    internal static string Cursor(string first, string second) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{first}\n{second}"));

    /// <exception cref="SandboxException"><c>invalid_request</c></exception>
    internal static (string First, string Second)? Read(string? cursor)
    {
        if (cursor is null)
            return null;
        if (Base64Url.IsValid(cursor))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\n');
            if (
                parts is [{ Length: > 0 and < 100 } first, { Length: > 0 and < 100 } second]
                && !first.Contains('\0')
                && !second.Contains('\0')
            )
                return (first, second);
        }
        throw new SandboxException("invalid_request", "cursor: this is none of this server's.");
    }
}
