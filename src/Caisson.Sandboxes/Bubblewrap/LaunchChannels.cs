using System.Runtime.InteropServices;
using System.Text;
using Caisson.Sandboxes.Spawning;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>The descriptors between server and launch: log, launch specification, configuration, readiness and bubblewrap's own report.</summary>
internal sealed class LaunchChannels : IDisposable
{
    private readonly List<SafeFileHandle> childEnds;

    internal LaunchChannels(string log)
    {
        (var launchRead, Launch) = Spawner.Pipe();
        (var configRead, Config) = Spawner.Pipe();
        (Ready, var readyWrite) = Spawner.Pipe();
        (Info, var infoWrite) = Spawner.Pipe();
        childEnds =
        [
            File.OpenHandle("/dev/null"),
            File.OpenHandle(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite),
            File.OpenHandle(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite),
            launchRead,
            configRead,
            readyWrite,
            infoWrite,
        ];
    }

    internal SafeFileHandle Launch { get; }
    internal SafeFileHandle Config { get; }
    internal SafeFileHandle Ready { get; }
    internal SafeFileHandle Info { get; }

    /// <summary>In the order 0 to 6 that the launch expects.</summary>
    internal IReadOnlyList<SafeHandle> ForChild() => childEnds;

    /// <summary>Without this the end of the child would not show as an end of stream.</summary>
    internal void CloseChildEnds() => childEnds.ForEach(handle => handle.Dispose());

    /// <summary>Writes all and closes. A child that died early is found by the reader of its answer, so a broken pipe is no error here.</summary>
    internal async Task WriteAsync(SafeFileHandle pipe, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await using var stream = new FileStream(pipe, FileAccess.Write, bufferSize: 0);
            await stream.WriteAsync(bytes, cancellation);
        }
        catch (IOException)
        {
            // EPIPE: ReadyAsync reports why.
        }
    }

    internal async Task<string?> ReadLineAsync(SafeFileHandle pipe, CancellationToken cancellation)
    {
        var text = await ReadToEndAsync(pipe, cancellation);
        return text.Length == 0 ? null : text;
    }

    internal async Task<string> ReadToEndAsync(SafeFileHandle pipe, CancellationToken cancellation)
    {
        await using var stream = new FileStream(pipe, FileAccess.Read, bufferSize: 0);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose()
    {
        CloseChildEnds();
        foreach (var handle in new[] { Launch, Config, Ready, Info })
            handle.Dispose();
    }
}
