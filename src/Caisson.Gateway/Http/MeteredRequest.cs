namespace Caisson.Gateway.Http;

/// <summary>Counts what is read of a request's body.</summary>
internal sealed class MeteredRequest(Stream body) : ReadOnlyBody
{
    public long Count { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        Count += read;
        return read;
    }
}
