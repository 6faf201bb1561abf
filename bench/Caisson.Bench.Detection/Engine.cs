using System.Security.Cryptography;
using System.Text;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Bench.Detection;

/// <summary>What is measured: all built-in rules, and as many known values as a busy server has.</summary>
internal static class Engine
{
    internal static Scanner With(int secrets) =>
        new(BuiltInRules.All, new KnownIndex(Secrets(secrets)), Fingerprints.Ephemeral(), ScanLimits.Default);

    internal static IReadOnlyList<KnownSecret> Secrets(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(number => new KnownSecret(
                    $"secret {number}",
                    KnownKind.Known,
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(number)))[..40])
                )),
        ];
}
