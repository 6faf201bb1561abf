import { Backoff } from "./backoff.ts";
import { PendingInput } from "./pending-input.ts";
import { type Exit, type Hello, type Mode, type ServerFrame, WireError, decode, encode, largestFrame } from "./wire.ts";

/** What shows the bytes. `rendered` is called once they are drawn, in order. */
export interface Screen {
  write(bytes: Uint8Array, rendered: () => void): void;
  /** In order with the writes around it. */
  resize(columns: number, rows: number): void;
}

export interface Link {
  send(frame: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface LinkEvents {
  opened(): void;
  frame(data: ArrayBuffer | Uint8Array): void;
  /** `code` is a WebSocket close code; 1006 where there was none. */
  closed(code: number): void;
}

export type Transport = "websocket" | "events";
export type Attachment = { from: "live" | "snapshot" | number; viewer: string | undefined; columns: number; rows: number };
export type Dial = (transport: Transport, attachment: Attachment, events: LinkEvents) => Link;

export interface Clock {
  now(): number;
  /** Returns what cancels it. */
  after(milliseconds: number, action: () => void): () => void;
}

/** Why the view has ended and does not come back by itself. */
export type Refusal = "session" | "rights" | "gone" | "version";

export interface SessionState {
  phase: "connecting" | "live" | "reconnecting" | "exited" | "refused" | "closed";
  refusal: Refusal | null;
  exit: Exit | null;
  mode: Mode;
  transport: Transport;
  columns: number;
  rows: number;
  /** The window's own size; where it differs from the terminal's, another writer leads. */
  wish: { columns: number; rows: number } | null;
  title: string;
  viewers: number;
  recording: boolean;
  /** Bytes that left the server's ring before this view took them. */
  missed: number;
  /** Bytes that were typed and whose fate nobody knows. */
  inputLost: number;
  outageSince: number | null;
  roundTrip: number | null;
  notice: { kind: string; message: string; until?: string } | null;
}

const silence = 45_000;
const pingEvery = 20_000;
const ackBytes = 64 * 1024;
const ackDelay = 100;
const resizeDelay = 150;
const inputChunk = largestFrame - 16;
const webSocketRetry = 30_000;
const earlyLimit = 4096;
const redrawRest = 5000;

/**
 * One view of a terminal over all its connections: (1) attach where the last one ended, (2) draw output in order and say what was drawn,
 * (3) number input and send again only what the server has not, (4) come back by itself. Knows neither the DOM nor a socket.
 */
export class TerminalSession {
  state: SessionState = {
    phase: "connecting", refusal: null, exit: null, mode: "view", transport: "websocket", columns: 80, rows: 24, wish: null, title: "",
    viewers: 0, recording: false, missed: 0, inputLost: 0, outageSince: null, roundTrip: null, notice: null,
  };

  private link: Link | null = null;
  private generation = 0;
  private viewer: string | undefined;
  private epoch: string | number | undefined;
  private next: number | null = null;
  private rendered = 0;
  private acked = 0;
  private snapshot: Uint8Array[] = [];
  private readonly input = new PendingInput();
  private early: Uint8Array = new Uint8Array();
  private readonly backoff: Backoff;
  private cancelAck: (() => void) | null = null;
  private cancelResize: (() => void) | null = null;
  private cancelRetry: (() => void) | null = null;
  private cancelSilence: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  private unopened = 0;
  private opened = false;
  private redrawing = false;
  private redrawn = -redrawRest;
  private cancelRedraw: (() => void) | null = null;
  private readonly dial: Dial;
  private readonly screen: Screen;
  private readonly clock: Clock;
  private readonly changed: () => void;

  constructor(parts: { dial: Dial; screen: Screen; clock: Clock; changed: () => void; random?: () => number }) {
    this.dial = parts.dial;
    this.screen = parts.screen;
    this.clock = parts.clock;
    this.changed = parts.changed;
    this.backoff = new Backoff(parts.random);
  }

  start(columns: number, rows: number): void {
    this.set({ wish: { columns, rows } });
    this.connect();
  }

  /** Ends the view. The terminal itself goes on. */
  dispose(): void {
    this.generation++;
    this.quiet();
    this.link?.close();
    this.link = null;
    this.set({ phase: "closed" });
  }

  /** Sends keys. False where nothing was sent: no connection, or no right to type. */
  type(bytes: Uint8Array): boolean {
    if (this.state.phase === "connecting" && this.viewer === undefined && this.early.length + bytes.length <= earlyLimit) {
      // A terminal that just opens: nothing was numbered yet, so nothing can be applied twice.
      this.early = concat([this.early, bytes]);
      return true;
    }
    if (this.state.phase !== "live" || this.state.mode !== "write") return false;
    for (let at = 0; at < bytes.length; at += inputChunk) {
      const chunk = bytes.slice(at, at + inputChunk);
      this.link!.send(encode.input(this.input.add(chunk), chunk));
    }
    return true;
  }

  /** The window has another size. Sent after a rest of 150 ms, and only by who may write. */
  fit(columns: number, rows: number): void {
    if (columns < 2 || rows < 1 || columns > 1000 || rows > 500) return;
    const wish = this.state.wish;
    if (wish?.columns === columns && wish.rows === rows) return;
    this.set({ wish: { columns, rows } });
    this.cancelResize?.();
    this.cancelResize = this.clock.after(resizeDelay, () => this.sendSize());
  }

  /** This window leads from now on. */
  takeSize(): void {
    if (this.state.phase !== "live") return;
    this.link!.send(encode.take());
    this.sendSize();
  }

  /** The network is back or the tab is visible: no reason to wait for the next try. */
  hurry(): void {
    if (this.state.phase !== "reconnecting") return;
    this.backoff.reset();
    this.connect();
  }

  /** What the screen shows is not what came: attaches again for the true screen. What is typed meanwhile is numbered and goes on after it. */
  redraw(): void {
    if (this.state.phase !== "live") return;
    if (this.redrawing) return this.set({ notice: { kind: "screen", message: "This screen can't be drawn as its program wrote it. What follows may look wrong until the program draws anew." } });
    // A program that does it again and again must not make one connection after the other.
    const wait = this.redrawn + redrawRest - this.clock.now();
    if (wait > 0) {
      this.cancelRedraw ??= this.clock.after(wait, () => this.redraw());
      return;
    }
    this.cancelRedraw?.();
    this.cancelRedraw = null;
    this.redrawing = true;
    this.redrawn = this.clock.now();
    this.next = null;
    this.connect();
  }

  /** The person has read it. */
  dismiss(what: "missed" | "notice" | "inputLost"): void {
    this.set(what === "notice" ? { notice: null } : what === "missed" ? { missed: 0 } : { inputLost: 0 });
  }

  private connect(): void {
    const generation = ++this.generation;
    this.cancelRetry?.();
    this.link?.close();
    this.opened = false;
    this.snapshot = [];
    const wish = this.state.wish!;
    const attachment: Attachment = { from: this.next ?? "snapshot", viewer: this.viewer, ...wish };
    const transport = this.state.transport;
    const mine = () => generation === this.generation;
    this.link = this.dial(transport, attachment, {
      opened: () => {
        if (!mine()) return;
        this.opened = true;
        if (transport === "websocket") this.link!.send(encode.attach({ from: attachment.from, ...(this.viewer ? { viewer: this.viewer } : {}), ...wish }));
        this.heard();
      },
      frame: (data) => {
        if (mine()) this.take(data);
      },
      closed: (code) => {
        if (mine()) this.lost(code);
      },
    });
    this.heard();
  }

  private take(data: ArrayBuffer | Uint8Array): void {
    this.heard();
    try {
      this.receive(decode(data));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      // The stream can't be trusted any more: the server's own view of the screen is the way back.
      this.next = null;
      this.lost(1002);
    }
  }

  private receive(frame: ServerFrame): void {
    switch (frame.kind) {
      case "hello":
        return this.welcome(frame.hello);
      case "output":
        return this.output(frame.offset, frame.bytes);
      case "gap":
        this.next = Math.max(this.next ?? 0, frame.to);
        return this.set({ missed: this.state.missed + Math.max(0, frame.to - frame.from) });
      case "snapshot":
        return this.snapshotPart(frame);
      case "input-ack":
        return this.input.applied(frame.sequence);
      case "size":
        this.screen.resize(frame.columns, frame.rows);
        return this.set({ columns: frame.columns, rows: frame.rows });
      case "state":
        this.set(frame.state);
        return this.sizeIfAlone();
      case "exit":
        return this.set({ exit: frame.exit });
      case "error":
        return this.set({ notice: { kind: frame.error.code, message: frame.error.message } });
      case "notice":
        return this.set({ notice: frame.notice });
      case "pong":
        return this.set({ roundTrip: Math.max(0, this.clock.now() - frame.token) });
    }
  }

  private welcome(hello: Hello): void {
    let lost = 0;
    if (this.epoch !== undefined && this.epoch !== hello.epoch) {
      // Another life of the terminal: its offsets and sequences have nothing to do with ours.
      lost = this.input.restart(hello.inputSequence);
      this.next = null;
    } else if (this.viewer !== hello.viewer) {
      lost = this.input.restart(hello.inputSequence);
    } else {
      this.input.applied(hello.inputSequence);
    }
    this.epoch = hello.epoch;
    this.viewer = hello.viewer;
    this.backoff.reset();
    this.unopened = 0;
    this.screen.resize(hello.columns, hello.rows);
    this.set({
      phase: "live", outageSince: null, mode: hello.mode, columns: hello.columns, rows: hello.rows, title: hello.title ?? this.state.title,
      recording: hello.recording, notice: null, inputLost: this.state.inputLost + lost,
    });
    if (hello.mode === "write") for (const chunk of this.input.rest()) this.link!.send(encode.input(chunk.sequence, chunk.bytes));
    const early = this.early;
    this.early = new Uint8Array();
    if (early.length > 0) this.type(early);
    this.cancelPing?.();
    this.ping();
    this.sizeIfAlone();
  }

  private output(offset: number, bytes: Uint8Array): void {
    const next = this.next ?? offset;
    if (offset > next) throw new WireError(`output from ${offset} where ${next} was due`);
    const fresh = bytes.subarray(Math.min(bytes.length, next - offset));
    this.next = next + fresh.length;
    if (fresh.length > 0) this.draw(fresh, this.next);
  }

  private snapshotPart(frame: { last: boolean; offset: number; bytes: Uint8Array }): void {
    this.snapshot.push(frame.bytes.slice());
    if (!frame.last) return;
    // A full reset and the whole screen in one write, so that no frame is drawn between them.
    const whole = concat([new Uint8Array([0x1b, 0x63]), ...this.snapshot]);
    this.snapshot = [];
    this.next = frame.offset;
    this.draw(whole, frame.offset, () => (this.redrawing = false));
  }

  private draw(bytes: Uint8Array, upTo: number, then?: () => void): void {
    const generation = this.generation;
    this.screen.write(bytes, () => {
      then?.();
      this.rendered = upTo;
      if (generation !== this.generation || this.state.transport !== "websocket") return;
      if (this.rendered - this.acked >= ackBytes) this.sendAck();
      else this.cancelAck ??= this.clock.after(ackDelay, () => this.sendAck());
    });
  }

  private sendAck(): void {
    this.cancelAck?.();
    this.cancelAck = null;
    if (this.state.phase !== "live") return;
    this.acked = this.rendered;
    this.link!.send(encode.ack(this.rendered));
  }

  private sizeIfAlone(): void {
    if (this.state.viewers <= 1) this.sendSize();
  }

  private sendSize(): void {
    const { wish, columns, rows, phase, mode } = this.state;
    if (phase !== "live" || mode !== "write" || !wish || (wish.columns === columns && wish.rows === rows)) return;
    this.link!.send(encode.resize(wish.columns, wish.rows));
  }

  private ping(): void {
    this.cancelPing = this.clock.after(pingEvery, () => {
      this.link?.send(encode.ping(this.clock.now()));
      this.ping();
    });
  }

  private heard(): void {
    this.cancelSilence?.();
    this.cancelSilence = this.clock.after(silence, () => this.lost(1006));
  }

  private lost(code: number): void {
    this.generation++;
    this.quiet();
    this.link?.close();
    this.link = null;
    const refusal = ({ 4006: "version", 4401: "session", 4403: "rights", 4404: "gone" } as const)[code];
    if (refusal) return this.set({ phase: "refused", refusal });
    if (code === 1000 || code === 4000 || this.state.exit) return this.set({ phase: "exited", exit: this.state.exit ?? { code: code === 1000 ? 0 : null, signal: null, reason: null } });
    this.chooseTransport();
    this.set({ phase: "reconnecting", outageSince: this.state.outageSince ?? this.clock.now(), roundTrip: null });
    this.cancelRetry = this.clock.after(code === 4008 ? 0 : this.backoff.next(), () => this.connect());
  }

  /** Two WebSockets that never opened: something between blocks them. Events and POST carry the same bytes meanwhile. */
  private chooseTransport(): void {
    if (this.state.transport === "websocket" && !this.opened && ++this.unopened >= 2) {
      this.set({ transport: "events" });
      this.clock.after(webSocketRetry, () => {
        this.unopened = 1;
        if (this.state.phase === "closed" || this.state.phase === "refused" || this.state.phase === "exited") return;
        this.set({ transport: "websocket" });
        this.connect();
      });
    }
  }

  private quiet(): void {
    for (const cancel of [this.cancelAck, this.cancelResize, this.cancelRetry, this.cancelSilence, this.cancelPing, this.cancelRedraw]) cancel?.();
    this.cancelAck = this.cancelResize = this.cancelRetry = this.cancelSilence = this.cancelPing = this.cancelRedraw = null;
  }

  private set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }
}

function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
