import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { Server } from "./server.ts";

const root = new URL("../../", import.meta.url).pathname;
const program = `${root}artifacts/build/bin/Caisson.VendorStandIns/release/Caisson.VendorStandIns`;

/** The vendors' stand-ins of the .NET tests: they accept one key, which no sandbox has, and answer by a script. */
export class Vendors {
  readonly key = `sk-ant-api03-${randomBytes(64).toString("base64url")}AA`;
  private child: ChildProcess | null = null;

  /** Before the server starts: it is told to reach and trust them, and gets the agents that test runs share. */
  async serve(server: Server): Promise<void> {
    writeFileSync(`${server.home}/vendor-keys`, `anthropic=${this.key}\n`, { mode: 0o600 });
    const authority = `${server.home}/upstream-ca.pem`;
    const child = spawn(program, ["--listen", "127.0.0.1:0", "--ca-out", authority, "--key-file", `${server.home}/vendor-keys`, "--log", `${server.home}/vendors.log`], { stdio: ["ignore", "pipe", "inherit"] });
    this.child = child;
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout!.on("data", (bytes: Buffer) => {
        const found = /ready .*:(\d+)/.exec(bytes.toString())?.[1];
        if (found) resolve(found);
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the stand-ins ended with ${code}`)));
    });
    writeFileSync(`${server.home}/caisson.yaml`, `gateway:\n  upstream_ca: ${authority}\n  resolve:\n    - "api.anthropic.com:443:127.0.0.1:${port}"\n`);
    mkdirSync(`${root}artifacts/agents/store`, { recursive: true });
    symlinkSync(`${root}artifacts/agents/store`, `${server.home}/store`);
    mkdirSync(`${server.home}/policies`);
    writeFileSync(
      `${server.home}/policies/default.md`,
      "---\ndescription: Claude Code\nagent:\n  provider: claude\n  credential: anthropic\ncredentials:\n  anthropic: { store: true, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }\n---\n",
    );
  }

  /** The key into the server's store, and the agent from npm, by the registry of who runs the tests; or why it can't be had. */
  async equip(server: Server): Promise<string | null> {
    await server.done(["credential", "set", "anthropic"], `${this.key}\n`);
    const { code, error } = await server.run(["agent", "install", "claude"], "", { HOME: process.env["HOME"] });
    if (code !== 0 && process.env["CI"]) throw new Error(error);
    return code === 0 ? null : error;
  }

  stop(): void {
    this.child?.kill();
  }
}
