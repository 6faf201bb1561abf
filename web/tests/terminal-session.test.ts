import { describe, expect, it } from "vitest";
import { type Attachment, type LinkEvents, TerminalSession, type Transport } from "../src/terminal/session.ts";
import { FakeClock } from "./fake-clock.ts";

const text = (value: string) => new TextEncoder().encode(value);
const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function frame(opcode: number, ...parts: (number[] | Uint8Array)[]): Uint8Array {
  return new Uint8Array([opcode, ...parts.flatMap((part) => [...part])]);
}

const u64 = (value: number) => [0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (value >>> shift) & 255)];
const hello = (more: object = {}) =>
  frame(1, text(JSON.stringify({ version: 1, terminal: "t-1", epoch: 1, first: 0, last: 0, columns: 80, rows: 24, mode: "write", recording: false, viewer: "key", inputSequence: 0, ...more })));
const output = (offset: number, value: string) => frame(2, u64(offset), text(value));

class Fixture {
  clock = new FakeClock();
  shown: string[] = [];
  sizes: string[] = [];
  callbacks: (() => void)[] = [];
  sent: Uint8Array[] = [];
  dials: { transport: Transport; attachment: Attachment; events: LinkEvents }[] = [];
  session = new TerminalSession({
    dial: (transport, attachment, events) => {
      this.dials.push({ transport, attachment, events });
      return { send: (bytes) => this.sent.push(bytes), close: () => undefined };
    },
    screen: {
      write: (bytes, rendered) => {
        this.shown.push(read(bytes));
        this.callbacks.push(rendered);
      },
      resize: (columns, rows) => this.sizes.push(`${columns}x${rows}`),
    },
    clock: this.clock,
    changed: () => undefined,
    random: () => 0.5,
  });

  constructor() {
    this.session.start(80, 24);
  }

  get link(): LinkEvents {
    return this.dials.at(-1)!.events;
  }

  open(more: object = {}): this {
    this.link.opened();
    this.link.frame(hello(more));
    return this;
  }

  inputs(): { sequence: number; value: string }[] {
    return this.sent.filter((bytes) => bytes[0] === 0x82).map((bytes) => ({ sequence: Number(new DataView(bytes.buffer).getBigUint64(1)), value: read(bytes.subarray(9)) }));
  }

  of(opcode: number): Uint8Array[] {
    return this.sent.filter((bytes) => bytes[0] === opcode);
  }
}

describe("a view of a terminal", () => {
  it("begins with the server's snapshot, in one write after a reset", () => {
    const view = new Fixture().open();
    expect(JSON.parse(read(view.sent[0]!.subarray(1)))).toEqual({ version: 1, from: "snapshot", columns: 80, rows: 24 });
    view.link.frame(frame(4, [0, 0], u64(500), text("scr")));
    expect(view.shown).toEqual([]);
    view.link.frame(frame(4, [0, 1], u64(500), text("een")));
    expect(view.shown).toEqual(["\x1bcscreen"]);
    view.link.frame(output(500, "more"));
    expect(view.shown[1]).toBe("more");
  });

  it("asks for the true screen where the emulator gave up, loses no key by it, and does it again only after a rest", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "hello"));
    view.session.redraw();
    expect(view.dials.at(-1)!.attachment).toMatchObject({ from: "snapshot", viewer: "key" });
    expect(view.session.state.phase).toBe("live");
    view.session.type(text("ls"));
    view.sent.length = 0;
    view.open();
    view.link.frame(frame(4, [1, 1], u64(9), text("screen")));
    expect(view.inputs()).toEqual([{ sequence: 0, value: "ls" }]);
    expect(view.shown.at(-1)).toBe("\x1bcscreen");
    view.callbacks.forEach((rendered) => rendered());
    view.session.redraw();
    expect(view.dials.length).toBe(2);
    view.clock.advance(5000);
    expect(view.dials.length).toBe(3);
    view.open();
    view.session.redraw();
    expect(view.dials.length).toBe(3);
    expect(view.session.state.notice!.kind).toBe("screen");
  });

  it("comes back at the byte after the last one, with its key", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "hello"));
    view.link.closed(1006);
    expect(view.session.state.phase).toBe("reconnecting");
    view.clock.advance(500);
    expect(view.dials.at(-1)!.attachment).toMatchObject({ from: 5, viewer: "key" });
  });

  it("draws no byte twice when the server sends more than was asked for", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "hello"));
    view.link.frame(output(3, "lo world"));
    expect(view.shown.join("")).toBe("hello world");
  });

  it("asks for a snapshot when bytes are missing without a mark", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "hello"));
    view.link.frame(output(9, "lost before me"));
    expect(view.shown).toEqual(["hello"]);
    view.clock.advance(500);
    expect(view.dials.at(-1)!.attachment.from).toBe("snapshot");
  });

  it("counts what the ring no longer had, and goes on behind it", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "a"));
    view.link.frame(frame(3, u64(1), u64(1_200_001)));
    view.link.frame(output(1_200_001, "b"));
    expect(view.session.state.missed).toBe(1_200_000);
    expect(view.shown).toEqual(["a", "b"]);
  });

  it("acknowledges only what was drawn: at 64 KiB, or after 100 ms", () => {
    const view = new Fixture().open();
    view.link.frame(output(0, "x".repeat(40_000)));
    view.link.frame(output(40_000, "x".repeat(30_000)));
    expect(view.of(0x83)).toHaveLength(0);
    view.callbacks[0]!();
    view.clock.advance(100);
    expect(view.of(0x83).map((bytes) => Number(new DataView(bytes.buffer).getBigUint64(1)))).toEqual([40_000]);
    view.link.frame(output(70_000, "x".repeat(60_000)));
    view.callbacks[1]!();
    view.callbacks[2]!();
    expect(view.of(0x83).map((bytes) => Number(new DataView(bytes.buffer).getBigUint64(1)))).toEqual([40_000, 130_000]);
  });
});

describe("input", () => {
  it("is numbered by bytes and sent again only as far as the server lacks it", () => {
    const view = new Fixture().open();
    view.session.type(text("abc"));
    view.session.type(text("defg"));
    view.link.frame(frame(5, u64(2)));
    view.link.closed(1006);
    view.clock.advance(500);
    view.sent = [];
    view.open({ inputSequence: 5 });
    expect(view.inputs()).toEqual([{ sequence: 5, value: "fg" }]);
  });

  it("is exactly what was typed over 100 cuts at random places", () => {
    let seed = 7;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    const view = new Fixture().open();
    let applied = "";
    const typed = "0123456789".repeat(1000);
    let at = 0;
    let cuts = 0;
    // The server's side: it applies what is new by sequence, as PID 1 does.
    const serve = (limit: number) => {
      for (const input of view.inputs().slice(0, limit)) if (input.sequence <= applied.length) applied += input.value.slice(applied.length - input.sequence);
      view.sent = [];
    };
    while (at < typed.length) {
      if (view.session.type(text(typed.slice(at, at + 7)))) at += 7;
      if (random() < 0.07 && cuts < 100) {
        cuts++;
        serve(Math.floor(random() * 3));
        if (random() < 0.5) view.link.frame(frame(5, u64(applied.length)));
        view.link.closed(1006);
        expect(view.session.type(text("not sent"))).toBe(false);
        view.clock.advance(20_000);
        view.open({ inputSequence: applied.length });
      }
    }
    serve(Infinity);
    expect(cuts).toBe(100);
    expect(applied.length).toBe(10_000);
    expect(applied).toBe(typed);
  });

  it("is never repeated to a server that does not know the viewer: the person is told", () => {
    const view = new Fixture().open();
    view.session.type(text("rm x"));
    view.link.closed(1006);
    view.clock.advance(500);
    view.sent = [];
    view.open({ viewer: "another", inputSequence: 0 });
    expect(view.inputs()).toEqual([]);
    expect(view.session.state.inputLost).toBe(4);
    view.session.type(text("y"));
    expect(view.inputs()).toEqual([{ sequence: 0, value: "y" }]);
  });

  it("typed while the terminal opens is sent once it has, and only to who may write", () => {
    const view = new Fixture();
    expect(view.session.type(text("ls\r"))).toBe(true);
    expect(view.sent).toEqual([]);
    view.open();
    expect(view.inputs()).toEqual([{ sequence: 0, value: "ls\r" }]);
    const looking = new Fixture();
    looking.session.type(text("ls\r"));
    looking.open({ mode: "view" });
    expect(looking.inputs()).toEqual([]);
  });

  it("is refused for who may only look", () => {
    const view = new Fixture().open({ mode: "view" });
    expect(view.session.type(text("a"))).toBe(false);
    expect(view.inputs()).toEqual([]);
  });

  it("of 1 MiB goes in frames of at most 64 KiB", () => {
    const view = new Fixture().open();
    view.session.type(new Uint8Array(1 << 20));
    expect(Math.max(...view.of(0x82).map((bytes) => bytes.length))).toBeLessThanOrEqual(65536);
    expect(view.of(0x82).reduce((sum, bytes) => sum + bytes.length - 9, 0)).toBe(1 << 20);
  });
});

describe("coming back", () => {
  it("waits 500 ms, doubling to 10 s, without limit", () => {
    const view = new Fixture().open();
    view.link.closed(1006);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const before = view.dials.length;
      let waited = 0;
      while (view.dials.length === before) {
        view.clock.advance(100);
        waited += 100;
      }
      waits.push(waited);
      view.link.opened();
      view.link.closed(1006);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  it("is at once when the network is back", () => {
    const view = new Fixture().open();
    view.link.closed(1006);
    view.session.hurry();
    expect(view.dials).toHaveLength(2);
  });

  it("leaves a connection that was silent for 45 s", () => {
    const view = new Fixture().open();
    view.clock.advance(44_999);
    expect(view.session.state.phase).toBe("live");
    view.clock.advance(1);
    expect(view.session.state.phase).toBe("reconnecting");
  });

  it("takes events and POST after two WebSockets that never opened, and tries the WebSocket again after 30 s", () => {
    const view = new Fixture();
    view.link.closed(1006);
    view.clock.advance(500);
    view.link.closed(1006);
    view.clock.advance(1000);
    expect(view.dials.map((dial) => dial.transport)).toEqual(["websocket", "websocket", "events"]);
    view.open();
    view.clock.advance(29_000);
    expect(view.dials.at(-1)!.transport).toBe("websocket");
  });

  it.each([
    [4401, "session"],
    [4403, "rights"],
    [4404, "gone"],
    [4006, "version"],
  ] as const)("does not follow close code %i: %s", (code, refusal) => {
    const view = new Fixture().open();
    view.link.closed(code);
    view.clock.advance(60_000);
    expect(view.session.state).toMatchObject({ phase: "refused", refusal });
    expect(view.dials).toHaveLength(1);
  });

  it("ends with the program, and keeps how it ended", () => {
    const view = new Fixture().open();
    view.link.frame(frame(8, text(JSON.stringify({ code: 3, signal: null, reason: null }))));
    view.link.closed(4000);
    expect(view.session.state).toMatchObject({ phase: "exited", exit: { code: 3 } });
  });
});

describe("the size", () => {
  it("follows this window while nobody else looks, after a rest of 150 ms", () => {
    const view = new Fixture().open();
    view.session.fit(100, 30);
    view.session.fit(101, 30);
    view.clock.advance(149);
    expect(view.of(0x84)).toHaveLength(0);
    view.clock.advance(1);
    expect(view.of(0x84)).toEqual([new Uint8Array([0x84, 0, 101, 0, 30])]);
  });

  it("is taken from another writer only when the person says so", () => {
    const view = new Fixture();
    view.link.opened();
    view.link.frame(frame(7, text(JSON.stringify({ viewers: 2 }))));
    view.link.frame(hello({ columns: 120, rows: 40 }));
    expect(view.of(0x84)).toHaveLength(0);
    expect(view.sizes).toEqual(["120x40"]);
    view.session.takeSize();
    expect(view.of(0x86)).toHaveLength(1);
    expect(view.of(0x84)).toEqual([new Uint8Array([0x84, 0, 80, 0, 24])]);
  });

  it("is never sent by who may only look", () => {
    const view = new Fixture().open({ mode: "view" });
    view.session.fit(100, 30);
    view.clock.advance(200);
    expect(view.of(0x84)).toHaveLength(0);
  });
});
