namespace Caisson.Cli.Scanning;

/// <summary>Scans on all processors and gathers what comes of it in the order in which it was begun.</summary>
internal sealed class OrderedWork(GatheredResults gathered) : IAsyncDisposable
{
    // A large file holds up those behind it, which so have something to do meanwhile.
    private static readonly int Most = Environment.ProcessorCount * 8;

    private readonly SemaphoreSlim processors = new(Environment.ProcessorCount);
    private readonly Queue<Task<ScanResult>> open = new();

    /// <summary>Begins one as soon as a processor is free.</summary>
    internal async Task AddAsync(Func<ScanResult> scan)
    {
        if (open.Count >= Most)
            gathered.Add(await open.Dequeue());
        await processors.WaitAsync();
        open.Enqueue(
            Task.Run(() =>
            {
                try
                {
                    return scan();
                }
                finally
                {
                    processors.Release();
                }
            })
        );
    }

    internal async Task EndAsync()
    {
        while (open.TryDequeue(out var next))
            gathered.Add(await next);
    }

    public async ValueTask DisposeAsync()
    {
        // After a failure the others still use what they were given.
        await Task.WhenAll(
            open.Select(task => task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default))
        );
        processors.Dispose();
    }
}
