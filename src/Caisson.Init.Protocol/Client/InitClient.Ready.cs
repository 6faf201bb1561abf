namespace Caisson.Init.Protocol.Client;

public sealed partial class InitClient
{
    /// <summary>How long a sandbox may take until PID 1 answers.</summary>
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes a client once PID 1 answers: asks at once, then after pauses that double from 10 ms to 500 ms.</summary>
    /// <param name="lives">Whether PID 1 still runs; when not, there is nothing to wait for.</param>
    /// <exception cref="InitException"><c>sandbox_not_ready</c>: no answer within <paramref name="limit"/>, or PID 1 has ended.</exception>
    public static async Task<InitClient> WaitUntilReadyAsync(
        string socketPath,
        TimeSpan limit,
        Func<bool> lives,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        var client = new InitClient(socketPath);
        using var over = new CancellationTokenSource(limit, time);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        InitException? last = null;
        try
        {
            for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
            {
                try
                {
                    _ = await client.InfoAsync(bounded.Token);
                    return client;
                }
                catch (InitException e) when (e.IsTransport)
                {
                    last = e;
                }

                if (!lives())
                {
                    throw new InitException("sandbox_not_ready", $"PID 1 of the sandbox ended before it answered. {last.Message}", last);
                }

                await Task.Delay(pause, time, bounded.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            var why = last?.Message ?? "It accepts connections and says nothing.";
            throw new InitException(
                "sandbox_not_ready",
                $"PID 1 of the sandbox did not answer within {limit.TotalSeconds:0.#} s. {why}",
                e
            );
        }
    }
}
