namespace Caisson.Detection.Checks;

/// <summary>The checks that rules may name. Each tells real values from what only looks like one.</summary>
internal static class ValueChecks
{
    private static readonly Dictionary<string, Func<string, bool>> All = new(StringComparer.Ordinal)
    {
        ["github"] = TokenChecksum.GitHub,
        ["npm"] = TokenChecksum.Npm,
        ["luhn"] = Digits.Luhn,
        ["mod97"] = Digits.Mod97,
        ["base58check"] = Base58.HasChecksum,
        ["bech32"] = Bech32.HasChecksum,
        ["crc16"] = Base32Crc.HasChecksum,
        ["private-key"] = PrivateKeyFrame.Is,
        ["basic-auth"] = Passwords.IsBasic,
        ["password"] = Passwords.Is,
        ["random"] = Composition.IsRandom,
        ["jwt"] = JsonWebToken.Is,
        ["aws-key-id"] = AwsKeyId.Is,
        ["mixed"] = Composition.Mixed,
        ["digits"] = Composition.HasDigit,
        ["no-word"] = Composition.IsNoWord,
    };

    internal static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    internal static bool Exists(string name) => All.ContainsKey(name);

    internal static Func<string, bool> Find(string name) => All[name];
}
