using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

/// <summary>One connection to <c>init.sock</c>: frames out, frames in. Writing is serialised; reading is for one reader.</summary>
internal sealed class ControlStream : IAsyncDisposable
{
    /// <summary>Longest frame that is sent or accepted.</summary>
    internal const int MaximumFrame = 4 << 20;

    private readonly Socket _socket;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private byte[] _input = new byte[16 * 1024];
    private int _start;
    private int _end;

    private ControlStream(Socket socket) => _socket = socket;

    internal static async Task<ControlStream> OpenAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var address = SocketPath.Shorten(path);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), cancellation);
            return new ControlStream(socket);
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            socket.Dispose();
            throw new InitException("unreachable", $"The sandbox does not answer at {path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal Task SendAsync<T>(FrameType type, T body, JsonTypeInfo<T> json, CancellationToken cancellation) =>
        SendBytesAsync(type, default, JsonSerializer.SerializeToUtf8Bytes(body, json), cancellation);

    internal async Task SendBytesAsync(FrameType type, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var frame = new byte[5 + head.Length + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)(frame.Length - 4));
        frame[4] = (byte)type;
        head.CopyTo(frame.AsMemory(5));
        body.CopyTo(frame.AsMemory(5 + head.Length));
        await _writing.WaitAsync(cancellation);
        try
        {
            for (var sent = 0; sent < frame.Length; )
            {
                sent += await _socket.SendAsync(frame.AsMemory(sent), cancellation);
            }
        }
        catch (SocketException e)
        {
            throw new InitException("disconnected", $"The sandbox closed its control connection: {e.Message}", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Next frame; its payload is valid until the next call.</summary>
    internal async Task<(FrameType Type, ReadOnlyMemory<byte> Payload)> ReadAsync(CancellationToken cancellation)
    {
        await FillAsync(5, cancellation);
        var length = BinaryPrimitives.ReadUInt32BigEndian(_input.AsSpan(_start));
        if (length is 0 or > MaximumFrame)
        {
            throw new InitException("protocol", $"The sandbox sent a frame of {length} bytes; 1 to {MaximumFrame} are possible.");
        }

        await FillAsync(4 + (int)length, cancellation);
        var type = (FrameType)_input[_start + 4];
        var payload = _input.AsMemory(_start + 5, (int)length - 1);
        _start += 4 + (int)length;
        return (type, payload);
    }

    internal async Task<ReadOnlyMemory<byte>> ReadReplyAsync(FrameType expected, CancellationToken cancellation)
    {
        var (type, payload) = await ReadAsync(cancellation);
        return type == expected ? payload : throw Unexpected(type, payload);
    }

    internal async Task<T> ReadReplyAsync<T>(JsonTypeInfo<T> json, CancellationToken cancellation) =>
        Parse(await ReadReplyAsync(FrameType.Reply, cancellation), json);

    internal static T Parse<T>(ReadOnlyMemory<byte> payload, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(payload.Span, json) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InitException("protocol", $"The sandbox's answer cannot be read: {e.Message}", e);
        }
    }

    internal static InitException Unexpected(FrameType type, ReadOnlyMemory<byte> payload)
    {
        if (type != FrameType.Error)
        {
            return new InitException("protocol", $"The sandbox sent a frame of type {type} where none was due.");
        }

        var error = Parse(payload, InitJson.Default.ControlError);
        return new InitException(error.Code, error.Message);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _writing.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task FillAsync(int count, CancellationToken cancellation)
    {
        if (_start + count > _input.Length)
        {
            var held = _input.AsSpan(_start, _end - _start);
            var target = count > _input.Length ? new byte[Math.Max(count, 2 * _input.Length)] : _input;
            held.CopyTo(target);
            (_start, _end, _input) = (0, held.Length, target);
        }

        while (_end - _start < count)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(_input.AsMemory(_end), cancellation);
            }
            catch (SocketException e)
            {
                throw new InitException("disconnected", $"The sandbox closed its control connection: {e.Message}", e);
            }

            _end += read > 0 ? read : throw new InitException("disconnected", "The sandbox closed its control connection.");
        }
    }
}
