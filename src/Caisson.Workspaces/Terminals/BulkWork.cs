using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Caisson.Init.Protocol.Scheduling;

namespace Caisson.Workspaces.Terminals;

/// <summary>
/// Threads for what floods need: the thread pool serves every key that somebody types, and fifty terminals that print without end would keep it from that. Those who enter
/// take turns; one that is alone goes on without a change of threads, which is what a stream's speed depends on.
/// </summary>
internal sealed class BulkWork : IDisposable
{
    /// <summary>Output of at least this length is the piece of a stream; less is done at once where it arrives.</summary>
    internal const int Threshold = 8 * 1024;

    [ThreadStatic]
    private static BulkWork? s_current;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    private readonly BlockingCollection<Action> _waiting = [];
    private readonly Thread[] _threads;

    internal BulkWork()
    {
        _threads = new Thread[Math.Max(1, Environment.ProcessorCount / 2)];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = "terminal output" };
            _threads[i].Start();
        }
    }

    /// <summary>What follows an await of this runs on one of the threads, until it waits for something else.</summary>
    internal Turn EnterAsync() => new(this);

    /// <summary>Does something that nobody waits for, and that handles its own failures. It gets an empty buffer that is used again: large ones are dear to the collector.</summary>
    internal void Do(Action<ArrayBufferWriter<byte>> action) =>
        _waiting.Add(() =>
        {
            var buffer = s_buffer ??= new ArrayBufferWriter<byte>(1 << 16);
            action(buffer);
            buffer.ResetWrittenCount();
        });

    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _waiting.Dispose();
    }

    private void Work()
    {
        s_current = this;
        ThreadSlices.Restore();
        foreach (var next in _waiting.GetConsumingEnumerable())
            next();
    }

    internal readonly struct Turn(BulkWork work) : INotifyCompletion
    {
        public bool IsCompleted => s_current == work && work._waiting.Count == 0;

        public Turn GetAwaiter() => this;

        public void OnCompleted(Action continuation) => work._waiting.Add(continuation);

        public void GetResult() { }
    }
}
