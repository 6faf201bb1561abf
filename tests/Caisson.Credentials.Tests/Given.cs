using Caisson.Credentials.Sources;
using Caisson.Credentials.Store;
using Caisson.Policy;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests;

/// <summary>Short forms.</summary>
internal static class Given
{
    public static readonly Origin Origin = new(Layer.Policy, "base.md", 3, 1);

    public static CredentialSpec Credential(
        CredentialSourceKind kind,
        string value,
        string name = "key",
        string host = "a.example",
        CredentialScheme scheme = CredentialScheme.Bearer,
        bool required = true
    ) =>
        new()
        {
            Name = name,
            Source = new CredentialSource(kind, value),
            Scheme = scheme,
            Bind = [new BindSpec(host, null, null, [], Origin)],
            Required = required,
            Origin = Origin,
        };

    public static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault();

    public static CredentialResolver Resolver(TemporaryDirectory directory, params (string Name, string Value)[] variables) =>
        new(Environment(variables), new CredentialStore(directory.Path, TimeProvider.System), TimeProvider.System);
}

/// <summary>A directory for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("caisson-credentials-");

    public string Path => root.FullName;

    public string File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(file, content);
        System.IO.File.SetUnixFileMode(file, mode);
        return file;
    }

    public void Dispose() => root.Delete(recursive: true);
}
