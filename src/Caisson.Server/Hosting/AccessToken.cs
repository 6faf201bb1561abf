using System.Security.Cryptography;
using System.Text;
using Caisson.Credentials;
using Caisson.Server.Configuration;
using Caisson.Workspaces;

namespace Caisson.Server.Hosting;

/// <summary>What callers over TCP have to show.</summary>
/// <param name="Fix">How a person gets it.</param>
internal sealed record AccessToken(Secret Value, string Fix)
{
    private const int Shortest = 16;

    /// <exception cref="InvalidDataException">The setting leads to no usable token; says why.</exception>
    internal static async Task<AccessToken> FindAsync(ServerOptions options, CaissonDirectories directories, CancellationToken cancellation)
    {
        if (options.Token is not { } reference)
            return new AccessToken(new Secret(OfInstallation(directories.Token)), "Authorization: Bearer $(cat $CAISSON_HOME/token)");
        var value = await reference.ReadAsync("server.token", Environment.GetEnvironmentVariable, cancellation);
        return value.Reveal() is { Length: >= Shortest } text && text.All(character => character is > ' ' and <= '~')
            ? new AccessToken(value, $"Send the token that server.token ({reference.Kind}) refers to: Authorization: Bearer …")
            : throw new InvalidDataException(
                $"server.token ({reference}): at least {Shortest} visible ASCII characters without a space are needed. An example: openssl rand -hex 32."
            );
    }

    /// <summary>The token of this installation, made on first use with mode 0600.</summary>
    private static string OfInstallation(string path)
    {
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(Encoding.ASCII.GetBytes(token + "\n"));
        return token;
    }
}
