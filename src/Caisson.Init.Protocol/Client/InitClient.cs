using System.Buffers.Binary;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

/// <summary>
/// The server's side of <c>init.sock</c>. Each call uses a connection of its own, so a broken one harms no other call and nothing needs to
/// be closed; instances are cheap and safe to share. Failures are <see cref="InitException"/> with a stable code.
/// </summary>
/// <param name="socketPath">Path of <c>init.sock</c> outside the sandbox, of any length.</param>
public sealed partial class InitClient(string socketPath)
{
    /// <summary>Path of <c>init.sock</c> outside the sandbox.</summary>
    public string SocketPath { get; } = socketPath;

    /// <summary>Makes a client and proves that PID 1 answers.</summary>
    public static async Task<InitClient> ConnectAsync(string socketPath, CancellationToken cancellation = default)
    {
        var client = new InitClient(socketPath);
        _ = await client.InfoAsync(cancellation);
        return client;
    }

    public async Task<InitInfo> InfoAsync(CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendBytesAsync(FrameType.Info, default, default, cancellation);
        return await stream.ReadReplyAsync(InitJson.Default.InitInfo, cancellation);
    }

    /// <summary>Processes that were started and not forgotten, ended ones too.</summary>
    public async Task<IReadOnlyList<ProcessInfo>> ListAsync(CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendBytesAsync(FrameType.List, default, default, cancellation);
        return (await stream.ReadReplyAsync(InitJson.Default.ProcessList, cancellation)).Processes;
    }

    /// <summary>As <see cref="ListAsync"/>, with what <c>/proc</c> says of each.</summary>
    public async Task<IReadOnlyList<ProcessInfo>> SurveyAsync(CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendBytesAsync(FrameType.Survey, default, default, cancellation);
        return (await stream.ReadReplyAsync(InitJson.Default.ProcessList, cancellation)).Processes;
    }

    /// <summary>How many bytes of a writer's input a process was given so far; see <see cref="ProcessAttachment.KeyedInputAsync"/>.</summary>
    public async Task<long> InputOffsetAsync(uint process, UInt128 key, CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendBytesAsync(FrameType.KeyedInput, KeyedHead(process, key, 0), default, cancellation);
        var answer = await stream.ReadReplyAsync(FrameType.InputTaken, cancellation);
        return BinaryPrimitives.ReadInt64BigEndian(answer.Span[16..]);
    }

    /// <summary>Sends a writer's input, to be applied exactly once, on a connection of its own; the writer's offset after it.</summary>
    public async Task<ProcessInputTaken> KeyedInputAsync(
        uint process,
        UInt128 key,
        long offset,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation = default
    )
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendBytesAsync(FrameType.KeyedInput, KeyedHead(process, key, offset), bytes, cancellation);
        var answer = await stream.ReadReplyAsync(FrameType.InputTaken, cancellation);
        return new ProcessInputTaken(
            key,
            BinaryPrimitives.ReadInt64BigEndian(answer.Span[16..]),
            answer.Length == 25 && answer.Span[24] == 1
        );
    }

    /// <summary>Hangs up on everything that a process started and kills what is left of it after the grace time, whether or not this server lives.</summary>
    public Task CloseAsync(uint process, TimeSpan grace, CancellationToken cancellation = default) =>
        AskAsync(FrameType.Close, new CloseRequest(process, (int)grace.TotalMilliseconds), InitJson.Default.CloseRequest, cancellation);

    /// <summary>Starts a process that outlives this connection and this server.</summary>
    /// <exception cref="InitException"><c>not_found</c>, <c>not_executable</c>, <c>bad_request</c>, <c>start_failed</c>.</exception>
    public async Task<StartedProcess> StartAsync(StartRequest request, CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendAsync(FrameType.Start, request with { Attach = false }, InitJson.Default.StartRequest, cancellation);
        return await stream.ReadReplyAsync(InitJson.Default.StartedProcess, cancellation);
    }

    /// <summary>Starts a process and views it from its first byte on, lossless; PID 1 forgets it once its end was sent here.</summary>
    public async Task<ProcessAttachment> StartAttachedAsync(StartRequest request, CancellationToken cancellation = default)
    {
        var stream = await OpenAsync(cancellation);
        try
        {
            await stream.SendAsync(FrameType.Start, request with { Attach = true }, InitJson.Default.StartRequest, cancellation);
            var started = await stream.ReadReplyAsync(InitJson.Default.StartedProcess, cancellation);
            var errors = request.Terminal is null ? new StreamRange(0, 0) : null;
            return new ProcessAttachment(stream, started.Process, started.Pid, new StreamRange(0, 0), errors);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Views a process from given offsets on.</summary>
    /// <exception cref="InitException"><c>no_such_process</c>.</exception>
    public async Task<ProcessAttachment> AttachAsync(AttachRequest request, CancellationToken cancellation = default)
    {
        var stream = await OpenAsync(cancellation);
        try
        {
            await stream.SendAsync(FrameType.Attach, request, InitJson.Default.AttachRequest, cancellation);
            var attached = await stream.ReadReplyAsync(InitJson.Default.AttachedProcess, cancellation);
            return new ProcessAttachment(stream, attached.Process, 0, attached.Output, attached.Errors) { Spilled = attached.Spilled ?? 0 };
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends input to a process, on a connection of its own; a viewer rather uses <see cref="ProcessAttachment.InputAsync"/>.</summary>
    public async Task InputAsync(uint process, ReadOnlyMemory<byte> bytes, bool end = false, CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        for (var rest = bytes; !rest.IsEmpty; rest = rest[Math.Min(ProcessAttachment.InputPiece, rest.Length)..])
        {
            var piece = rest[..Math.Min(ProcessAttachment.InputPiece, rest.Length)];
            await stream.SendBytesAsync(FrameType.Input, Number(process), piece, cancellation);
            _ = await stream.ReadReplyAsync(FrameType.Ok, cancellation);
        }

        if (end)
        {
            await stream.SendBytesAsync(FrameType.InputEnd, Number(process), default, cancellation);
            _ = await stream.ReadReplyAsync(FrameType.Ok, cancellation);
        }
    }

    public Task ResizeAsync(uint process, int columns, int rows, CancellationToken cancellation = default) =>
        AskAsync(FrameType.Resize, new ResizeRequest(process, columns, rows), InitJson.Default.ResizeRequest, cancellation);

    /// <summary>Sends a signal to a process, its group or everything that it started.</summary>
    public Task SignalAsync(uint process, int signal, SignalTarget target = SignalTarget.Group, CancellationToken cancellation = default) =>
        AskAsync(FrameType.Signal, new SignalRequest(process, signal, target), InitJson.Default.SignalRequest, cancellation);

    /// <summary>Drops an ended process and its output.</summary>
    public Task ForgetAsync(uint process, CancellationToken cancellation = default) =>
        AskAsync(FrameType.Forget, new ProcessReference(process), InitJson.Default.ProcessReference, cancellation);

    /// <summary>Moves what is held of a process's output from memory to disk; the offset before which it is there.</summary>
    /// <exception cref="InitException"><c>not_spilled</c> with the cause, such as a full disk; <c>no_such_process</c>. Nothing is lost.</exception>
    public async Task<long> SpillAsync(uint process, CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendAsync(FrameType.Spill, new ProcessReference(process), InitJson.Default.ProcessReference, cancellation);
        return (await stream.ReadReplyAsync(InitJson.Default.SpilledRing, cancellation)).Spilled;
    }

    /// <summary>Ends every process in the sandbox and then PID 1; returns when the stop has begun.</summary>
    public Task StopAsync(TimeSpan? grace = null, CancellationToken cancellation = default) =>
        AskAsync(FrameType.Stop, new StopRequest((int?)grace?.TotalMilliseconds), InitJson.Default.StopRequest, cancellation);

    internal static byte[] KeyedHead(uint process, UInt128 key, long offset)
    {
        var head = new byte[28];
        BinaryPrimitives.WriteUInt32BigEndian(head, process);
        BinaryPrimitives.WriteUInt128BigEndian(head.AsSpan(4), key);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(20), offset);
        return head;
    }

    internal static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private async Task AskAsync<T>(
        FrameType type,
        T body,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json,
        CancellationToken cancellation
    )
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendAsync(type, body, json, cancellation);
        _ = await stream.ReadReplyAsync(FrameType.Ok, cancellation);
    }

    private Task<ControlStream> OpenAsync(CancellationToken cancellation) => ControlStream.OpenAsync(SocketPath, cancellation);
}
