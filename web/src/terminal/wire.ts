/** The frames of `caisson.terminal.v1`, byte by byte. Pure; nothing here knows a socket. */

export const subprotocol = "caisson.terminal.v1";
export const largestFrame = 65536;

export interface Hello {
  version: number;
  terminal: string;
  epoch: string | number;
  first: number;
  last: number;
  columns: number;
  rows: number;
  title?: string;
  mode: Mode;
  recording: boolean;
  viewer: string;
  inputSequence: number;
}

export type Mode = "write" | "view";

export interface Exit {
  code?: number | null;
  signal?: string | number | null;
  reason?: string | null;
}

export type ServerFrame =
  | { kind: "hello"; hello: Hello }
  | { kind: "output"; offset: number; bytes: Uint8Array }
  | { kind: "gap"; from: number; to: number }
  | { kind: "snapshot"; full: boolean; last: boolean; offset: number; bytes: Uint8Array }
  | { kind: "input-ack"; sequence: number }
  | { kind: "size"; columns: number; rows: number }
  | { kind: "state"; state: { title?: string; mode?: Mode; viewers?: number; label?: string } }
  | { kind: "exit"; exit: Exit }
  | { kind: "error"; error: { code: string; message: string } }
  | { kind: "notice"; notice: { kind: string; message: string; until?: string } }
  | { kind: "pong"; token: number };

export class WireError extends Error {}

/** Reads one frame. Throws WireError for what the protocol does not have: the view is then attached anew. */
export function decode(data: ArrayBuffer | Uint8Array): ServerFrame {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  if (bytes.length === 0) throw new WireError("an empty frame");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (length: number) => {
    if (bytes.length < length) throw new WireError(`frame ${bytes[0]!.toString(16)} ends early`);
  };
  switch (bytes[0]) {
    case 0x01:
      return { kind: "hello", hello: json(bytes) as Hello };
    case 0x02:
      need(9);
      return { kind: "output", offset: u64(view, 1), bytes: bytes.subarray(9) };
    case 0x03:
      need(17);
      return { kind: "gap", from: u64(view, 1), to: u64(view, 9) };
    case 0x04:
      need(11);
      return { kind: "snapshot", full: bytes[1] === 1, last: bytes[2] !== 0, offset: u64(view, 3), bytes: bytes.subarray(11) };
    case 0x05:
      need(9);
      return { kind: "input-ack", sequence: u64(view, 1) };
    case 0x06:
      need(5);
      return { kind: "size", columns: view.getUint16(1), rows: view.getUint16(3) };
    case 0x07:
      return { kind: "state", state: json(bytes) as { title?: string } };
    case 0x08:
      return { kind: "exit", exit: json(bytes) as Exit };
    case 0x09:
      return { kind: "error", error: json(bytes) as { code: string; message: string } };
    case 0x0a:
      return { kind: "notice", notice: json(bytes) as { kind: string; message: string } };
    case 0x0b:
      need(9);
      return { kind: "pong", token: u64(view, 1) };
    default:
      throw new WireError(`an unknown frame ${bytes[0]!.toString(16)}`);
  }
}

export interface Attach {
  from: "live" | "snapshot" | number;
  viewer?: string;
  columns?: number;
  rows?: number;
}

export const encode = {
  attach(attach: Attach): Uint8Array<ArrayBuffer> {
    return withText(0x81, JSON.stringify({ version: 1, ...attach }));
  },
  input(sequence: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const frame = numbered(0x82, sequence, bytes.length);
    frame.set(bytes, 9);
    return frame;
  },
  ack(offset: number): Uint8Array<ArrayBuffer> {
    return numbered(0x83, offset, 0);
  },
  resize(columns: number, rows: number): Uint8Array<ArrayBuffer> {
    const frame = new Uint8Array(5);
    frame[0] = 0x84;
    const view = new DataView(frame.buffer);
    view.setUint16(1, columns);
    view.setUint16(3, rows);
    return frame;
  },
  ping(token: number): Uint8Array<ArrayBuffer> {
    return numbered(0x85, token, 0);
  },
  take(): Uint8Array<ArrayBuffer> {
    return new Uint8Array([0x86]);
  },
};

function numbered(opcode: number, number: number, more: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(9 + more);
  frame[0] = opcode;
  new DataView(frame.buffer).setBigUint64(1, BigInt(number));
  return frame;
}

function withText(opcode: number, text: string): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(text);
  const frame = new Uint8Array(1 + body.length);
  frame[0] = opcode;
  frame.set(body, 1);
  return frame;
}

function u64(view: DataView, at: number): number {
  const value = view.getBigUint64(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WireError("an offset beyond 2^53");
  return Number(value);
}

function json(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(1)));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through: what is no object and what is no JSON are the same to the caller.
  }
  throw new WireError(`frame ${bytes[0]!.toString(16)} holds no JSON object`);
}
