namespace Caisson.Terminals.Wire;

/// <summary>
/// First byte of each frame of <c>caisson.terminal.v1</c>; docs/terminal-protocol.md has them byte by byte. Integers are big-endian; from 0x80 on they come from
/// the client.
/// </summary>
public enum Opcode : byte
{
    /// <summary>JSON <see cref="HelloMessage"/>.</summary>
    Hello = 0x01,

    /// <summary><c>u64 offset | bytes</c>.</summary>
    Output = 0x02,

    /// <summary><c>u64 from | u64 to</c>: these bytes are not shown.</summary>
    Gap = 0x03,

    /// <summary><c>u8 part | u8 last | u64 offset | bytes</c>: output that makes a fresh emulator equal to the screen at that offset.</summary>
    Snapshot = 0x04,

    /// <summary><c>u64 sequence</c>: input bytes of this viewer that the terminal has.</summary>
    InputAck = 0x05,

    /// <summary><c>u16 columns | u16 rows</c>.</summary>
    Size = 0x06,

    /// <summary>JSON <see cref="StateMessage"/>.</summary>
    State = 0x07,

    /// <summary>JSON <see cref="ExitMessage"/>.</summary>
    Exit = 0x08,

    /// <summary>JSON <see cref="ErrorMessage"/>.</summary>
    Error = 0x09,

    /// <summary>JSON <see cref="NoticeMessage"/>.</summary>
    Notice = 0x0A,

    /// <summary>The 8 bytes of a PING.</summary>
    Pong = 0x0B,

    /// <summary>JSON <see cref="AttachMessage"/>; the first frame.</summary>
    Attach = 0x81,

    /// <summary><c>u64 sequence | bytes</c>.</summary>
    Input = 0x82,

    /// <summary><c>u64 offset</c>: output is drawn up to here.</summary>
    Ack = 0x83,

    /// <summary><c>u16 columns | u16 rows</c>.</summary>
    Resize = 0x84,

    /// <summary>8 bytes.</summary>
    Ping = 0x85,

    /// <summary>Empty: this viewer's window leads.</summary>
    Take = 0x86,
}
