namespace Caisson.Init.Protocol.Control;

/// <summary>
/// What a frame on <c>init.sock</c> holds. A frame is <c>u32 length | u8 type | payload</c>; length counts type and payload; integers are
/// big-endian. Small bodies are JSON, data is raw bytes. Requests on one connection are worked off in order; each gets one answer.
/// </summary>
public enum FrameType : byte
{
    /// <summary>Request, empty. Answer: <see cref="InitInfo"/>.</summary>
    Info = 0x01,

    /// <summary>Request <see cref="StartRequest"/>. Answer: <see cref="StartedProcess"/>.</summary>
    Start = 0x02,

    /// <summary>Request <see cref="AttachRequest"/>. Answer: <see cref="AttachedProcess"/>, then Data, Gap and at last Exit.</summary>
    Attach = 0x03,

    /// <summary>Request <c>u32 process | bytes</c>: input for a process. Answer: Ok once it is queued.</summary>
    Input = 0x04,

    /// <summary>Request <c>u32 process</c>: no more input follows. Answer: Ok.</summary>
    InputEnd = 0x05,

    /// <summary>Request <see cref="ResizeRequest"/>. Answer: Ok.</summary>
    Resize = 0x06,

    /// <summary>Request <see cref="SignalRequest"/>. Answer: Ok.</summary>
    Signal = 0x07,

    /// <summary>Request, empty. Answer: <see cref="ProcessList"/>.</summary>
    List = 0x08,

    /// <summary>Request <see cref="ProcessReference"/>: drops an ended process and its output. Answer: Ok.</summary>
    Forget = 0x09,

    /// <summary>Request <see cref="StopRequest"/>: ends every process and then PID 1. Answer: Ok, then the end of the connection.</summary>
    Stop = 0x0A,

    /// <summary>Request <see cref="CopyRequest"/>, then CopyData frames of a tar stream and CopyEnd. Answer: <see cref="CopySummary"/>.</summary>
    CopyIn = 0x0B,

    /// <summary>Request <see cref="CopyRequest"/>. Answer: CopyData frames of a tar stream, then <see cref="CopySummary"/>.</summary>
    CopyOut = 0x0C,

    /// <summary>Either way: bytes of a tar stream.</summary>
    CopyData = 0x0D,

    /// <summary>To PID 1: the tar stream is complete.</summary>
    CopyEnd = 0x0E,

    /// <summary>
    /// Request <c>u32 process | 16 bytes key | u64 offset | bytes</c>: input of one writer, whose bytes are counted from 0. What of it was taken before is dropped;
    /// what leaves a gap is not taken. Without bytes it only asks. Answer: InputTaken.
    /// </summary>
    KeyedInput = 0x0F,

    /// <summary>Request <see cref="CloseRequest"/>: hangs up on all that a process started, and kills what is left after a while. Answer: Ok at once.</summary>
    Close = 0x10,

    /// <summary>Request, empty: as List, with <see cref="ProcessFacts"/>. Answer: <see cref="ProcessList"/>.</summary>
    Survey = 0x11,

    /// <summary>
    /// Request <see cref="ProcessReference"/>: moves what is held of a process's output to disk. It stays readable, and new output goes to memory. Answer:
    /// <see cref="SpilledRing"/>, or the error <c>not_spilled</c>, after which everything is where it was.
    /// </summary>
    Spill = 0x12,

    /// <summary>Answer, empty.</summary>
    Ok = 0x80,

    /// <summary>Answer with a JSON body; its type follows from the request.</summary>
    Reply = 0x81,

    /// <summary>
    /// Answer <c>16 bytes key | u64 next | u8 echoes</c>: the writer's bytes before this offset are with the process or on their way; 1 when its terminal showed what was typed.
    /// </summary>
    InputTaken = 0x82,

    /// <summary>Answer <c>u8 stream | u64 offset | bytes</c>: output, and where in its stream it stands.</summary>
    Data = 0x90,

    /// <summary>Answer <c>u8 stream | u64 from | u64 to</c>: these bytes are no longer held.</summary>
    Gap = 0x91,

    /// <summary>Answer <see cref="ProcessExit"/>: the process ended and all its output up to then was sent.</summary>
    Exit = 0x92,

    /// <summary>Answer <see cref="ControlError"/>.</summary>
    Error = 0xFF,
}
