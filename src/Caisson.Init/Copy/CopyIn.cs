using Caisson.Init.Control;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;

namespace Caisson.Init.Copy;

/// <summary>One copy into the sandbox on one connection: begins with its request, ends with CopyEnd.</summary>
internal sealed class CopyIn : IDisposable
{
    private readonly ControlConnection _connection;
    private TarReceiver? _receiver;

    internal CopyIn(ControlConnection connection, string root)
    {
        _connection = connection;
        connection.Occupation = this;
        connection.Closed += Dispose;
        Try(() => _receiver = new TarReceiver(root));
    }

    internal void Add(ReadOnlySpan<byte> piece)
    {
        try
        {
            _receiver?.Add(piece); // after a refusal the rest of the stream is only read
        }
        catch (Exception e) when (e is ArchiveRefusedException or KernelException)
        {
            Refuse(e);
        }
    }

    internal void Complete()
    {
        Try(() =>
        {
            if (_receiver?.Complete() is { } summary)
            {
                _connection.Reply(summary, InitJson.Default.CopySummary);
            }
        });
        Dispose();
        _connection.Occupation = null;
        _connection.Closed -= Dispose;
    }

    public void Dispose()
    {
        _receiver?.Dispose();
        _receiver = null;
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is ArchiveRefusedException or KernelException)
        {
            Refuse(e);
        }
    }

    private void Refuse(Exception e)
    {
        _connection.Fail(e is ArchiveRefusedException ? "archive_refused" : "copy_failed", e.Message);
        Dispose();
    }
}
