using System.Text;

namespace Caisson.EndToEnd.Tests.Secrets;

/// <summary>A key in the forms in which it could lie somewhere.</summary>
internal sealed class KeyForms
{
    private readonly List<(string Name, byte[] Bytes)> forms = [];

    internal KeyForms(string key)
    {
        var raw = Encoding.UTF8.GetBytes(key);
        Add("raw", key);
        Add("UTF-16", Encoding.Unicode.GetBytes(key));
        Add("reversed", new string([.. key.Reverse()]));
        Add("hex", Convert.ToHexString(raw));
        Add("lower hex", Convert.ToHexStringLower(raw));
        Add("URL", Uri.EscapeDataString(key));
        Add("every byte escaped", string.Concat(raw.Select(value => $"%{value:X2}")));
        for (var shift = 0; shift < 3; shift++)
        {
            // Without the digits at both ends, which depend on what stands beside the key.
            var text = Convert.ToBase64String([.. new byte[shift], .. raw])[4..^4];
            Add($"base64 shifted by {shift}", text);
            Add($"base64url shifted by {shift}", text.Replace('+', '-').Replace('/', '_'));
        }
    }

    internal int Longest => forms.Max(form => form.Bytes.Length);

    /// <summary>Names of the forms that <paramref name="bytes"/> hold.</summary>
    internal IEnumerable<string> In(ReadOnlySpan<byte> bytes)
    {
        var found = new List<string>();
        foreach (var (name, form) in forms)
        {
            if (bytes.IndexOf(form) >= 0)
                found.Add(name);
        }
        return found;
    }

    private void Add(string name, string text) => Add(name, Encoding.ASCII.GetBytes(text));

    private void Add(string name, byte[] bytes)
    {
        if (!forms.Exists(form => form.Bytes.AsSpan().SequenceEqual(bytes)))
            forms.Add((name, bytes));
    }
}
