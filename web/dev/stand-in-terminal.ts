import { type ChildProcess, spawn } from "node:child_process";
import type { WebSocket } from "ws";
import type { Terminal } from "../src/api/types.ts";

/** A shell of this machine under script(1), spoken to in `caisson.terminal.v1`. Keeps everything; has no screen model, so snapshots are the whole output. */
export class StandInTerminal {
  readonly object: Terminal;
  private readonly child: ChildProcess;
  private output = Buffer.alloc(0);
  private readonly viewers = new Set<WebSocket>();
  private sequences = new Map<string, number>();
  private readonly changed: () => void;

  constructor(id: string, workspace: string, label: string, changed: () => void) {
    const now = new Date().toISOString();
    this.changed = changed;
    this.object = { id, workspace, label, state: "running", created: now, lastInput: null, lastOutput: now, process: "bash", directory: "~/projects", columns: 80, rows: 24, viewers: 0, title: null, memory: 14_200_000, descriptors: 9, exit: null, recording: false, mode: "write" };
    this.child = spawn("script", ["-qfc", "bash --norc", "/dev/null"], { cwd: "/tmp", env: { PATH: process.env["PATH"], TERM: "xterm-256color", LANG: "C.UTF-8", HOME: "/tmp", PS1: "\\[\\e[36m\\]~/projects\\[\\e[0m\\] $ " } });
    this.child.stdout!.on("data", (bytes: Buffer) => this.print(bytes));
    this.child.on("exit", (code) => {
      this.object.state = "exited";
      this.object.exit = { code, signal: null, reason: null };
      for (const viewer of this.viewers) {
        viewer.send(this.json(0x08, this.object.exit));
        viewer.close(code === 0 ? 1000 : 4000);
      }
      this.changed();
    });
  }

  print(bytes: Buffer): void {
    const at = this.output.length;
    this.output = Buffer.concat([this.output, bytes]);
    for (const viewer of this.viewers) this.send(viewer, at);
  }

  end(): void {
    this.child.kill("SIGKILL");
  }

  /** Cuts every connection, as a network does. */
  cut(): void {
    for (const viewer of this.viewers) viewer.terminate();
  }

  count(text: string): number {
    return text === "" ? 0 : this.output.toString("utf8").split(text).length - 1;
  }

  connect(socket: WebSocket): void {
    let key = "";
    socket.on("message", (message: Buffer) => {
      const body = message.subarray(1);
      switch (message[0]) {
        case 0x81: {
          const attach = JSON.parse(body.toString()) as { from: string | number; viewer?: string; columns: number; rows: number };
          key = attach.viewer ?? `key-${Math.random()}`;
          const sequence = this.sequences.get(key) ?? 0;
          this.sequences.set(key, sequence);
          this.viewers.add(socket);
          const { columns, rows } = this.object;
          socket.send(this.json(0x01, { version: 1, terminal: this.object.id, epoch: 1, first: 0, last: this.output.length, columns, rows, title: this.object.title, mode: "write", recording: false, viewer: key, inputSequence: sequence, limits: {} }));
          this.tell();
          this.send(socket, typeof attach.from === "number" ? attach.from : 0);
          break;
        }
        case 0x82: {
          const sequence = Number(body.readBigUInt64BE(0));
          const known = this.sequences.get(key)!;
          const fresh = body.subarray(8 + Math.max(0, known - sequence));
          this.sequences.set(key, known + fresh.length);
          this.child.stdin!.write(fresh);
          socket.send(this.numbers(0x05, known + fresh.length));
          break;
        }
        case 0x84: {
          this.object.columns = body.readUInt16BE(0);
          this.object.rows = body.readUInt16BE(2);
          const frame = Buffer.concat([Buffer.from([0x06]), body.subarray(0, 4)]);
          for (const viewer of this.viewers) viewer.send(frame);
          break;
        }
        case 0x85:
          socket.send(Buffer.concat([Buffer.from([0x0b]), body]));
      }
    });
    socket.on("close", () => {
      this.viewers.delete(socket);
      this.tell();
    });
  }

  private tell(): void {
    this.object.viewers = this.viewers.size;
    for (const viewer of this.viewers) viewer.send(this.json(0x07, { viewers: this.viewers.size }));
    this.changed();
  }

  private send(viewer: WebSocket, from: number): void {
    for (let at = from; at < this.output.length; at += 60_000) viewer.send(Buffer.concat([this.numbers(0x02, at), this.output.subarray(at, at + 60_000)]));
  }

  private numbers(opcode: number, value: number): Buffer {
    const frame = Buffer.alloc(9);
    frame[0] = opcode;
    frame.writeBigUInt64BE(BigInt(value), 1);
    return frame;
  }

  private json(opcode: number, value: unknown): Buffer {
    return Buffer.concat([Buffer.from([opcode]), Buffer.from(JSON.stringify(value))]);
  }
}
