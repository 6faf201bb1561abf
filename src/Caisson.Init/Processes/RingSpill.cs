using Caisson.Init.Control;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>Moves what a terminal's ring has in memory to disk, a piece a turn, so that everybody else is served meanwhile; then answers.</summary>
internal sealed class RingSpill
{
    private readonly ControlConnection _connection;
    private readonly SandboxProcess _process;
    private readonly Func<SpillFile> _open;

    internal RingSpill(ControlConnection connection, SandboxProcess process, Func<SpillFile> open)
    {
        (_connection, _process, _open) = (connection, process, open);
        connection.Hold();
        Continue();
    }

    private void Continue()
    {
        try
        {
            if (!_process.IsDisposed && _process.Output.Ring.SpillPiece(_open))
            {
                _connection.Soon(Continue);
                return;
            }

            _connection.Reply(new SpilledRing(_process.Output.Ring.Spilled), InitJson.Default.SpilledRing);
        }
        catch (KernelException e)
        {
            _connection.Fail("not_spilled", $"the output stays in memory: {e.Message}");
        }

        _connection.Release();
    }
}
