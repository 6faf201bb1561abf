using System.Threading.Channels;
using Caisson.Identity;
using Caisson.Workspaces.Events;

namespace Caisson.Workspaces.Terminals;

/// <summary>Tells the stream of events which terminals of workspaces have changed, away from their bytes and each once for several changes at a time.</summary>
internal sealed class TerminalEvents : IAsyncDisposable
{
    private readonly Channel<(string Terminal, string Workspace)> _changes = Channel.CreateUnbounded<(string, string)>();
    private readonly TerminalService _terminals;
    private readonly Task _loop;

    internal TerminalEvents(TerminalService terminals, EventStream events)
    {
        _terminals = terminals;
        terminals.Changed += OnChanged;
        _loop = Task.Run(() => TellAsync(events));
    }

    public async ValueTask DisposeAsync()
    {
        _terminals.Changed -= OnChanged;
        _changes.Writer.Complete();
        await _loop;
    }

    private void OnChanged(TerminalSession session)
    {
        if (Identifier.IsValid(session.Record.Workspace, 'w'))
            _changes.Writer.TryWrite((session.Id, session.Record.Workspace));
    }

    private async Task TellAsync(EventStream events)
    {
        while (await _changes.Reader.WaitToReadAsync())
        {
            var changed = new HashSet<(string Terminal, string Workspace)>();
            while (_changes.Reader.TryRead(out var one))
                changed.Add(one);
            events.Do(
                (_, _, added) =>
                {
                    foreach (var (terminal, workspace) in changed)
                        added.Add(new NewEvent("terminal.changed", terminal, null, workspace));
                    return 0;
                }
            );
        }
    }
}
