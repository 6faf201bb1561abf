using System.Security.Cryptography;
using System.Text;

namespace Caisson.Credentials;

/// <summary>
/// A value that must never be printed, serialised or logged. There is no implicit way out: <see cref="Reveal"/> is called where the value is
/// injected, and nowhere else.
/// </summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly byte[] value;

    public Secret(string value) => this.value = Encoding.UTF8.GetBytes(value);

    public Secret(ReadOnlySpan<byte> value) => this.value = value.ToArray();

    public bool IsEmpty => value.Length == 0;

    /// <summary>The value as text. Only for the injection step.</summary>
    public string Reveal() => Encoding.UTF8.GetString(value);

    /// <summary>The value as UTF-8 bytes. Only for the injection step and for detection of the value in traffic.</summary>
    public ReadOnlySpan<byte> RevealBytes() => value;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(value, other.value);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => 0;
}
