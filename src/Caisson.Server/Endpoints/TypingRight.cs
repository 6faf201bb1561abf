using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>
/// Whether who looks at a terminal may type in it, followed while it is open: a share that is raised or lowered, and a role that is given or taken, count
/// without a new connection.
/// </summary>
internal sealed class TypingRight(TerminalSession session, bool mayType)
{
    private readonly Lock _gate = new();
    private bool _mayType = mayType;
    private TerminalViewer? _viewer;

    internal bool MayType
    {
        get
        {
            lock (_gate)
                return _mayType;
        }
    }

    internal FurtherRight Watched => new(Permission.TerminalsWrite, Told);

    /// <summary>The view has begun, with the right as it was when it was asked for.</summary>
    internal void Follow(TerminalViewer viewer)
    {
        lock (_gate)
        {
            _viewer = viewer;
            session.Entitle(viewer, _mayType);
        }
    }

    private void Told(bool mayType)
    {
        lock (_gate)
        {
            _mayType = mayType;
            if (_viewer is not null)
                session.Entitle(_viewer, mayType);
        }
    }
}
