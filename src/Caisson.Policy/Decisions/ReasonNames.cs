using System.Collections.Frozen;
using System.Text.Json;

namespace Caisson.Policy.Decisions;

/// <summary>The wire names of <see cref="Reason"/>: <c>no_route</c>, <c>host_mismatch</c>, ….</summary>
public static class ReasonNames
{
    private static readonly FrozenDictionary<Reason, string> Names = Enum.GetValues<Reason>()
        .ToFrozenDictionary(reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    public static string WireName(this Reason reason) => Names[reason];
}
