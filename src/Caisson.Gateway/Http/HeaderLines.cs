using System.Collections;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>The header lines of a request for the decision, read only when a rule asks for them: most rules don't.</summary>
internal sealed class HeaderLines(IHeaderDictionary headers) : IReadOnlyList<KeyValuePair<string, string>>
{
    private List<KeyValuePair<string, string>>? lines;

    private List<KeyValuePair<string, string>> Lines => lines ??= Read();

    public int Count => Lines.Count;

    public KeyValuePair<string, string> this[int index] => Lines[index];

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<KeyValuePair<string, string>> Read()
    {
        var all = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                all.Add(new(name, value ?? ""));
        }
        return all;
    }
}
