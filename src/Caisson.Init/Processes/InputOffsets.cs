namespace Caisson.Init.Processes;

/// <summary>
/// How far the input of each writer has come. It lives here and not in the server, so that neither a cut connection nor a server that dies makes anybody type
/// twice.
/// </summary>
internal sealed class InputOffsets
{
    internal const int MostWriters = 256;

    // Least recently used first. So few that looking through them costs less than keeping an index.
    private readonly List<(UInt128 Key, long Next)> _writers = [];

    /// <summary>Bytes taken of this writer; 0 for one that is not known.</summary>
    internal long Next(UInt128 key)
    {
        var at = Find(key);
        return at < 0 ? 0 : _writers[at].Next;
    }

    internal void Set(UInt128 key, long next)
    {
        var at = Find(key);
        if (at >= 0)
        {
            _writers.RemoveAt(at);
        }
        else if (_writers.Count == MostWriters)
        {
            // Key 0 answers programs' queries for the server and has no one who could notice that it is forgotten.
            _writers.RemoveAt(_writers[0].Key == 0 ? 1 : 0);
        }

        _writers.Add((key, next));
    }

    private int Find(UInt128 key)
    {
        for (var i = _writers.Count - 1; i >= 0; i--)
        {
            if (_writers[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }
}
