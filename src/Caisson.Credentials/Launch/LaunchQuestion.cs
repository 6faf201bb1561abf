using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Launch;

/// <summary>A value that a person must give at launch, unseen.</summary>
/// <param name="Key"><c>env:NAME</c> or <c>credential:name</c>: the key of the answer.</param>
/// <param name="Text">What to ask.</param>
public sealed record LaunchQuestion(string Key, string Text, bool Required)
{
    /// <summary>All questions of a policy, each once, in the order of the file.</summary>
    public static IReadOnlyList<LaunchQuestion> Of(EffectivePolicy policy) =>
        [
            .. policy
                .Env.Where(entry => entry.Form == EnvForm.Ask)
                .Select(entry => new LaunchQuestion(KeyOf(entry), entry.Text.Length > 0 ? entry.Text : $"Value of {entry.Name}", true)),
            .. policy
                .Credentials.Where(credential => credential.Source.Kind == CredentialSourceKind.Prompt)
                .Select(credential => new LaunchQuestion(
                    KeyOf(credential),
                    credential.Source.Value.Length > 0 ? credential.Source.Value : $"Value of credential {credential.Name}",
                    credential.Required
                )),
        ];

    internal static string KeyOf(EnvEntry entry) => "env:" + entry.Name;

    internal static string KeyOf(CredentialSpec credential) => "credential:" + credential.Name;
}
