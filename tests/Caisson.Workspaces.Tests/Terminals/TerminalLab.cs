using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Caisson.Identity.Audit;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Storage;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Recordings;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Tests.Recordings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Workspaces.Tests.Terminals;

/// <summary>Terminals in a real sandbox under a clock that a test sets.</summary>
public sealed class TerminalLab : IAsyncLifetime, ITerminalHost
{
    private readonly SandboxLab _lab = new();
    private Database _database = null!;
    private RecordingService _recordings = null!;
    private TerminalStore _store = null!;

    internal StoppedTime Time { get; } = new();

    internal TerminalService Service { get; private set; } = null!;

    internal TerminalPlace Place { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var directories = new CaissonDirectories(Path.Combine(_lab.Root, "caisson"));
        directories.Prepare();
        _database = Database.Open(directories.Database);
        Place = new TerminalPlace
        {
            Workspace = "w-lab",
            Sandbox = await _lab.StartAsync(),
            Directory = "/tmp",
        };
        _recordings = new RecordingService(
            directories.Recordings,
            SealingKey.Load(directories.Keys),
            new AccessLog(_database, Time),
            new RecordingLimits(),
            Time,
            NullLogger<RecordingService>.Instance
        );
        _store = new TerminalStore(directories.Terminals);
        Service = NewService(RingMemory.UsualLimit);
    }

    /// <summary>Another service for the same sandbox.</summary>
    /// <param name="ringMemory">What its terminals may hold in memory, in bytes.</param>
    internal TerminalService NewService(long ringMemory) =>
        new(_store, [this], _recordings, Time, NullLogger<TerminalService>.Instance, ringMemory);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await _recordings.DisposeAsync();
        _database.Dispose();
        await _lab.DisposeAsync();
    }

    TerminalPlace? ITerminalHost.Find(string workspace) => workspace == Place.Workspace ? Place : null;

    internal Task<TerminalSession> CreateAsync(string script) =>
        Service.CreateAsync(Place, new NewTerminal(null, ["/bin/sh", "-c", script], null, 80, 24), CancellationToken.None);

    /// <summary>A view whose frames wait to be taken.</summary>
    internal sealed class View
    {
        private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();

        private View(TerminalViewer viewer) => Viewer = viewer;

        internal TerminalViewer Viewer { get; }

        internal Task<ViewEnd> End { get; private set; } = null!;

        internal long Next { get; private set; }

        /// <summary>Kinds of the frames so far.</summary>
        internal List<Opcode> Passed { get; } = [];

        /// <param name="before">Done between being there and being sent anything.</param>
        internal static async Task<View> AttachAsync(
            TerminalSession session,
            AttachFrom from,
            bool mayWrite = true,
            Func<TerminalViewer, Task>? before = null
        )
        {
            var viewer = await session.AttachAsync(
                new ViewRequest(from, null, "somebody", mayWrite, null, Acknowledges: true),
                CancellationToken.None
            );
            if (before is not null)
                await before(viewer!);
            var view = new View(viewer!);
            view.End = session.SendAsync(
                view.Viewer,
                (frame, _) =>
                {
                    view._frames.Writer.TryWrite(frame.ToArray());
                    return ValueTask.CompletedTask;
                },
                CancellationToken.None
            );
            return view;
        }

        /// <summary>The next frame of this kind; others before it are passed over.</summary>
        internal async Task<ReadOnlyMemory<byte>> TakeAsync(Opcode opcode)
        {
            using var limit = new CancellationTokenSource(SandboxLab.Patience);
            while (true)
            {
                var frame = await _frames.Reader.ReadAsync(limit.Token);
                Passed.Add((Opcode)frame[0]);
                if (frame[0] == (byte)Opcode.Output)
                    Next = BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(1)) + frame.Length - 9;
                if (frame[0] == (byte)opcode)
                    return frame.AsMemory(1);
            }
        }

        /// <summary>Takes output up to an offset.</summary>
        internal async Task UntilAsync(long offset)
        {
            while (Next < offset)
                await TakeAsync(Opcode.Output);
        }

        internal async Task<JsonNode> JsonAsync(Opcode opcode) => JsonNode.Parse((await TakeAsync(opcode)).Span)!;
    }
}
