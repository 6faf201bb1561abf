import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Another build of the product than this tree's, where a part of it is tried before it is merged.
const bin = process.env["CAISSON_BIN"] ?? new URL("../../artifacts/bin/", import.meta.url).pathname;

export interface Outcome {
  code: number | null;
  out: string;
  error: string;
}

/** The real server as `./dev build` left it, with a directory and a port of its own. */
export class Server {
  // Short: a Unix socket's path has at most 107 bytes.
  readonly home = mkdtempSync(join(tmpdir(), "cweb-"));
  base = "";
  private child: ChildProcess | null = null;

  async start(): Promise<void> {
    const child = spawn(`${bin}caisson`, ["serve", "--listen", this.base ? new URL(this.base).host : "127.0.0.1:0"], { env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    let said = "";
    child.stderr!.on("data", (bytes: Buffer) => (said += bytes.toString()));
    this.base = await new Promise<string>((resolve, reject) => {
      child.stdout!.on("data", (bytes: Buffer) => {
        said += bytes.toString();
        const address = /listening on .* and (http:\/\/\S+)/.exec(said)?.[1];
        if (address) resolve(address);
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
  }

  /** A `caisson` command on this server, with `input` as its standard input. */
  async run(words: readonly string[], input = "", more: NodeJS.ProcessEnv = {}, says: (text: string) => void = () => undefined): Promise<Outcome> {
    const child = spawn(`${bin}caisson`, words, { env: { ...this.environment(), ...more }, stdio: ["pipe", "pipe", "pipe"] });
    let [out, error] = ["", ""];
    child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => {
      error += bytes.toString();
      says(error);
    });
    child.stdin.on("error", () => undefined); // It may end without reading.
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { code, out, error };
  }

  /** The same, where it has to succeed. */
  async done(words: readonly string[], input = "", more: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, out, error } = await this.run(words, input, more);
    if (code !== 0) throw new Error(`caisson ${words.join(" ")}: ${code}: ${error}`);
    return out;
  }

  /** A new login link, made by the user whose server it is. */
  async link(): Promise<string> {
    return (await this.done(["auth", "link"])).trim();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill(signal);
    await gone;
  }

  /** Takes the workspaces with it: their programs outlive a server. */
  async remove(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) {
      const { out } = await this.run(["workspace", "ls", "--json"]);
      const all = JSON.parse(out || "[]") as { id: string }[] | { items: { id: string }[] };
      for (const one of Array.isArray(all) ? all : all.items) await this.run(["workspace", "rm", one.id, "--force"]);
    }
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  environment(): NodeJS.ProcessEnv {
    return { PATH: `${bin}:${process.env["PATH"]}`, HOME: this.home, LANG: "C.UTF-8", CAISSON_HOME: this.home };
  }
}
