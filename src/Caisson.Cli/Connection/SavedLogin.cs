using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caisson.Cli.Output;

namespace Caisson.Cli.Connection;

/// <summary>The server that this command line is signed in at, in <c>$CAISSON_HOME/login.json</c>, mode 0600.</summary>
/// <param name="Server">Its address: https, or http on this machine.</param>
/// <param name="Name">What the token is named at the server.</param>
internal sealed record SavedLogin(string Server, string Name, string Id, string Token, DateTimeOffset Expires)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static string File => Path.Combine(CaissonHome.Directory, "login.json");

    /// <summary>Null: signed in nowhere; commands go to the server of this machine.</summary>
    internal static SavedLogin? Load()
    {
        if (!System.IO.File.Exists(File))
            return null;
        if ((System.IO.File.GetUnixFileMode(File) & ~OwnerOnly) != UnixFileMode.None)
            throw new CommandFailure(
                ExitCode.Configuration,
                $"{File} holds a token, and others may read it.",
                $"chmod 600 {File}; if somebody may have read it: caisson auth logout"
            );
        try
        {
            var login = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(File), LoginJson.Default.SavedLogin);
            if (login is null)
                throw new JsonException("it is empty");
            // As when it was saved: whoever has edited it sends no token over plain http either.
            _ = Address(login.Server);
            return login;
        }
        catch (JsonException exception)
        {
            throw new CommandFailure(
                ExitCode.Configuration,
                $"{File}:{exception.LineNumber + 1 ?? 1}: this is no saved login.",
                $"rm {File}, then: caisson auth login URL"
            );
        }
    }

    internal void Save()
    {
        Directory.CreateDirectory(CaissonHome.Directory, OwnerOnly | UnixFileMode.UserExecute);
        var next = $"{File}.{Environment.ProcessId}";
        System.IO.File.Delete(next);
        using (
            var stream = new FileStream(
                next,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = OwnerOnly,
                }
            )
        )
        {
            JsonSerializer.Serialize(stream, this, LoginJson.Default.SavedLogin);
            stream.Flush(flushToDisk: true);
        }
        System.IO.File.Move(next, File, overwrite: true);
    }

    internal static void Forget() => System.IO.File.Delete(File);

    /// <summary>A server's address as a person gives it. A token never goes over a network unencrypted.</summary>
    internal static Uri Address(string text)
    {
        if (
            !Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var address)
            || address.Scheme is not ("https" or "http")
            || address.UserInfo.Length > 0
        )
            throw new CommandFailure(
                ExitCode.Usage,
                $"'{text}' is no address of a server.",
                "caisson auth login https://caisson.example.com"
            );
        if (
            address.Scheme == "http"
            && !(address.Host == "localhost" || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip)))
        )
            throw new CommandFailure(
                ExitCode.Usage,
                $"{address.GetLeftPart(UriPartial.Authority)} is not encrypted: whoever is on the way could read the token.",
                $"caisson auth login https://{address.Authority}"
            );
        return new Uri(address.GetLeftPart(UriPartial.Authority));
    }
}

[JsonSerializable(typeof(SavedLogin))]
[JsonSerializable(typeof(Access.AuthStatus))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
internal sealed partial class LoginJson : JsonSerializerContext;
