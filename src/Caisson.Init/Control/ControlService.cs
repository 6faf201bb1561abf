using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caisson.Init.Copy;
using Caisson.Init.Kernel;
using Caisson.Init.Processes;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Startup;

namespace Caisson.Init.Control;

/// <summary>Does what the frames ask for.</summary>
internal sealed class ControlService(ProcessTable processes, SocketDirectory directory, Func<InitInfo> info, Action<int?> stop)
{
    internal void Handle(ControlConnection connection, FrameType type, ReadOnlySpan<byte> body)
    {
        try
        {
            switch (type)
            {
                case FrameType.Info:
                    connection.Reply(info() with { Processes = List() }, InitJson.Default.InitInfo);
                    break;
                case FrameType.List:
                    connection.Reply(new ProcessList(List()), InitJson.Default.ProcessList);
                    break;
                case FrameType.Start:
                    Start(connection, Parse(body, InitJson.Default.StartRequest));
                    break;
                case FrameType.Attach:
                    Attach(connection, Parse(body, InitJson.Default.AttachRequest));
                    break;
                case FrameType.Input:
                case FrameType.InputEnd:
                    Input(connection, type, body);
                    break;
                case FrameType.KeyedInput:
                    KeyedInput(connection, body);
                    break;
                case FrameType.Close:
                    Close(connection, Parse(body, InitJson.Default.CloseRequest));
                    break;
                case FrameType.Survey:
                    connection.Reply(new ProcessList(Survey()), InitJson.Default.ProcessList);
                    break;
                case FrameType.Resize:
                    Resize(connection, Parse(body, InitJson.Default.ResizeRequest));
                    break;
                case FrameType.Signal:
                    Signal(connection, Parse(body, InitJson.Default.SignalRequest));
                    break;
                case FrameType.Forget:
                    Forget(connection, Parse(body, InitJson.Default.ProcessReference));
                    break;
                case FrameType.Spill:
                    Spill(connection, Parse(body, InitJson.Default.ProcessReference));
                    break;
                case FrameType.Stop:
                    var request = Parse(body, InitJson.Default.StopRequest);
                    connection.Ok();
                    stop(request.GraceMilliseconds);
                    break;
                case FrameType.CopyIn:
                    _ = new CopyIn(connection, Parse(body, InitJson.Default.CopyRequest).Root);
                    break;
                case FrameType.CopyData when connection.Occupation is CopyIn copy:
                    copy.Add(body);
                    break;
                case FrameType.CopyEnd when connection.Occupation is CopyIn copy:
                    copy.Complete();
                    break;
                case FrameType.CopyOut:
                    CopyOut(connection, Parse(body, InitJson.Default.CopyRequest));
                    break;
                default:
                    connection.Fail("bad_request", $"frames of type {(byte)type} are not known here");
                    break;
            }
        }
        catch (JsonException e)
        {
            connection.Fail("bad_request", $"the body of a {type} request cannot be read: {e.Message}");
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> json) =>
        JsonSerializer.Deserialize(body, json) ?? throw new JsonException("it is null");

    private List<ProcessInfo> List()
    {
        var list = new List<ProcessInfo>();
        foreach (var process in processes.All)
        {
            list.Add(processes.Describe(process));
        }

        list.Sort(static (one, other) => one.Process.CompareTo(other.Process));

        return list;
    }

    private List<ProcessInfo> Survey()
    {
        var list = List();
        var trees = TreeFacts.ByTree();
        for (var i = 0; i < list.Count; i++)
        {
            var facts = trees.GetValueOrDefault(processes.Find(list[i].Process)!.Tree);
            var (program, directory) = TreeFacts.Foreground(list[i].Foreground);
            list[i] = list[i] with { Facts = new ProcessFacts(program, directory, facts.ResidentBytes, facts.Descriptors) };
        }

        return list;
    }

    private void Start(ControlConnection connection, StartRequest request)
    {
        if (processes.Start(request, out var error) is not { } process)
        {
            connection.Fail(error!);
            return;
        }

        connection.Reply(new StartedProcess(process.Id, process.Pid), InitJson.Default.StartedProcess);
        if (request.Attach)
        {
            // Lossless from the first byte: this is how a command's whole output is collected, however long.
            var wish = new AttachRequest { Process = process.Id, Lossless = true };
            new Viewer(connection, process, wish, () => processes.Forget(process)).Send();
        }
    }

    private void Attach(ControlConnection connection, AttachRequest request)
    {
        if (Find(connection, request.Process) is { } process)
        {
            var held = new AttachedProcess(process.Id, process.Output.Ring.Range, process.Errors?.Ring.Range, Spilled(process));
            connection.Reply(held, InitJson.Default.AttachedProcess);
            new Viewer(connection, process, request, finished: null).Send();
        }
    }

    private void Input(ControlConnection connection, FrameType type, ReadOnlySpan<byte> body)
    {
        if (body.Length < 4)
        {
            connection.Fail("bad_request", "input needs a process number");
            return;
        }

        if (Find(connection, BinaryPrimitives.ReadUInt32BigEndian(body)) is not { } process)
        {
            return;
        }

        if (process.Input is not { Closed: false } input)
        {
            connection.Fail("input_closed", $"process {process.Id} takes no input: it ended, closed it, or was started without");
            return;
        }

        if (Waits(connection, input))
        {
            return;
        }

        if (type == FrameType.InputEnd)
        {
            input.End();
        }
        else if (!input.Add(body[4..]))
        {
            connection.Fail("input_closed", $"process {process.Id} closed its input");
            return;
        }

        connection.Ok();
        if (input.IsFull)
        {
            connection.Hold();
            input.WhenShort(connection.Release);
        }
    }

    private void KeyedInput(ControlConnection connection, ReadOnlySpan<byte> body)
    {
        const int Head = 28;
        if (body.Length < Head)
        {
            connection.Fail("bad_request", "keyed input needs a process number, a key and an offset");
            return;
        }

        if (Find(connection, BinaryPrimitives.ReadUInt32BigEndian(body)) is not { } process)
        {
            return;
        }

        var key = BinaryPrimitives.ReadUInt128BigEndian(body[4..]);
        var offset = BinaryPrimitives.ReadInt64BigEndian(body[20..]);
        var bytes = body[Head..];
        var next = process.InputOffsets.Next(key);
        var echoes = process.Terminal >= 0 && process.Input is { IsIdle: true } && Terminals.Echoes(process.Terminal);
        if (offset <= next && offset + bytes.Length > next)
        {
            if (process.Input is { } queue && Waits(connection, queue))
            {
                return;
            }

            if (process.Input is not { Closed: false } input || !input.Add(bytes[(int)(next - offset)..]))
            {
                connection.Fail("input_closed", $"process {process.Id} takes no input: it ended, closed it, or was started without");
                return;
            }

            next = offset + bytes.Length;
            process.InputOffsets.Set(key, next);
            process.Hurry();
            if (input.IsFull)
            {
                connection.Hold();
                input.WhenShort(connection.Release);
            }
        }

        Span<byte> taken = stackalloc byte[25];
        BinaryPrimitives.WriteUInt128BigEndian(taken, key);
        BinaryPrimitives.WriteInt64BigEndian(taken[16..], next);
        taken[24] = echoes ? (byte)1 : (byte)0;
        connection.Send(FrameType.InputTaken, taken, default);
    }

    /// <summary>Whether as much waits already as may: then this request waits too, on whichever connection it came.</summary>
    private static bool Waits(ControlConnection connection, InputWriter input)
    {
        if (!input.IsFull)
        {
            return false;
        }

        connection.Postpone();
        input.WhenShort(connection.Release);
        return true;
    }

    private void Close(ControlConnection connection, CloseRequest request)
    {
        if (request.GraceMilliseconds is < 0 or > 600_000)
        {
            connection.Fail("bad_request", "graceMilliseconds: 0 to 600000 are possible");
        }
        else if (Find(connection, request.Process) is { } process)
        {
            process.Close(request.GraceMilliseconds);
            connection.Ok();
        }
    }

    private void Resize(ControlConnection connection, ResizeRequest request)
    {
        if (!Terminals.IsPossible(request.Columns, request.Rows))
        {
            connection.Fail("bad_request", "2 to 1000 columns and 1 to 500 rows are possible");
        }
        else if (Find(connection, request.Process) is { } process)
        {
            if (process.Size is null)
            {
                connection.Fail("no_terminal", $"process {process.Id} has no terminal");
                return;
            }

            var size = new TerminalSize(request.Columns, request.Rows);
            if (process.Size != size && process.Terminal >= 0)
            {
                Terminals.Resize(process.Terminal, size);
                process.Size = size;
            }

            connection.Ok();
        }
    }

    private void Signal(ControlConnection connection, SignalRequest request)
    {
        if (request.Signal is < 0 or > 64)
        {
            connection.Fail("bad_request", "signals 0 to 64 are possible");
        }
        else if (Find(connection, request.Process) is { } process)
        {
            if (ProcessTable.Signal(process, request.Signal, request.Target))
            {
                connection.Ok();
            }
            else
            {
                connection.Fail("not_running", $"process {process.Id} is not running");
            }
        }
    }

    private void Forget(ControlConnection connection, ProcessReference request)
    {
        if (Find(connection, request.Process) is { } process)
        {
            if (process.Running)
            {
                connection.Fail("still_running", $"process {process.Id} still runs; end it first");
                return;
            }

            processes.Forget(process);
            connection.Ok();
        }
    }

    private void Spill(ControlConnection connection, ProcessReference request)
    {
        if (Find(connection, request.Process) is { } process)
        {
            _ = new RingSpill(connection, process, () => SpillFile.Open(directory, process.Id));
        }
    }

    private static void CopyOut(ControlConnection connection, CopyRequest request)
    {
        try
        {
            new TarSender(connection, request).Continue();
        }
        catch (KernelException e)
        {
            connection.Fail("copy_failed", e.Message);
        }
    }

    private static long? Spilled(SandboxProcess process) => process.Output.Ring.Spilled is > 0 and var offset ? offset : null;

    private SandboxProcess? Find(ControlConnection connection, uint id)
    {
        var process = processes.Find(id);
        if (process is null)
        {
            connection.Fail("no_such_process", $"no process {id}: it never was, or it was forgotten");
        }

        return process;
    }
}
