import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

// Another build of the product than this tree's, where a part of it is tried before it is merged.
const bin = process.env["CAISSON_BIN"] ?? new URL("../../artifacts/bin/", import.meta.url).pathname;

/** The real server as `./dev build` left it, with a directory and a port of its own. */
export class Server {
  readonly home = mkdtempSync(join(tmpdir(), "caisson-web-"));
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
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
  }

  /** A new login link, made by the user whose server it is. */
  async link(): Promise<string> {
    return (await promisify(execFile)(`${bin}caisson`, ["auth", "link"], { env: this.environment() })).stdout.trim();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return { PATH: process.env["PATH"], HOME: this.home, LANG: "C.UTF-8", CAISSON_HOME: this.home };
  }
}
