import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, serious, until } from "./browser.ts";
import { Session, type SignedIn } from "./people.ts";
import { Server } from "./server.ts";

// A machine of its own, which reaches the server over its address alone.
const server = new Server();
const machine = mkdtempSync(join(tmpdir(), "cweb-machine-"));
const there = { CAISSON_HOME: machine, BROWSER: "", DISPLAY: "", WAYLAND_DISPLAY: "" };
let browser: Browser;
let me: SignedIn;

beforeAll(async () => {
  await server.start();
  browser = await launch();
  me = await new Session(browser, server).open("/");
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
  rmSync(machine, { recursive: true, force: true });
});

const status = async () => JSON.parse(await server.done(["auth", "status", "--json"], "", there)) as { server: string | null; token: string };

it("a command line without a browser shows a code; the page approves it; commands go to that server until it signs out", async () => {
  const { page, faults } = me;
  let said = "";
  const login = server.run(["auth", "login", server.base, "--device", "--name", "build <b>box</b>"], "", there, (text) => (said = text));
  await page.goto(`${server.base}/settings/tokens`);
  const tokens = async () => {
    const { out } = await server.run(["auth", "token", "ls", "--json"]);
    return JSON.parse(out) as { name: string }[];
  };
  expect((await tokens()).map((one) => one.name)).not.toContain("build <b>box</b>");
  const shown = () => /code ([A-Z]{4}-[A-Z]{4})/.exec(said)?.[1] ?? "";
  await until("the command line shows a code", () => Promise.resolve(shown() !== ""));
  await page.goto(`${server.base}/device?code=WRNG-WRNG`);
  await page.getByText("No command line waits with this code").waitFor();
  await page.getByRole("button", { name: "Enter another code" }).click();
  await page.getByRole("textbox", { name: "Code" }).waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("textbox", { name: "Code" }).fill(shown().toLowerCase());
  await page.getByRole("button", { name: "Continue" }).click();
  const asked = page.getByRole("region", { name: "Command line" });
  await asked.getByText("build <b>box</b>").waitFor();
  expect(await serious(page)).toEqual([]);
  await asked.getByRole("button", { name: "Approve" }).click();
  await page.getByText("The command line is signed in").waitFor();
  const outcome = await login;
  expect(outcome.code, outcome.error).toBe(0);

  expect(statSync(join(machine, "login.json")).mode & 0o777).toBe(0o600);
  expect(await status()).toMatchObject({ server: server.base, token: "build <b>box</b>" });
  expect(outcome.out + outcome.error).not.toContain((JSON.parse(readFileSync(join(machine, "login.json"), "utf8")) as { token: string }).token);
  await server.done(["workspace", "create", "from-afar"], "", there);
  expect(await server.done(["workspace", "ls"])).toContain("from-afar");
  expect(existsSync(join(machine, "caisson.sock"))).toBe(false);
  await page.goto(`${server.base}/settings/tokens`);
  await page.getByText("build <b>box</b>").waitFor();
  // A token makes no tokens.
  expect((await server.run(["auth", "token", "create", "more"], "", there)).code).toBe(4);

  chmodSync(join(machine, "login.json"), 0o644);
  const careless = await server.run(["workspace", "ls"], "", there);
  expect([careless.code, careless.error]).toEqual([78, expect.stringContaining("chmod 600")]);
  chmodSync(join(machine, "login.json"), 0o600);

  await server.done(["auth", "logout"], "", there);
  expect(existsSync(join(machine, "login.json"))).toBe(false);
  expect((await tokens()).map((one) => one.name)).not.toContain("build <b>box</b>");
  expect(faults).toEqual([]);
});

it("with a browser here the approval comes back to the command line at once; a refusal signs nobody in", async () => {
  const opened = join(machine, "opened");
  const program = join(machine, "browser");
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`, { mode: 0o755 });
  const { page } = me;
  for (const answer of ["Refuse", "Approve"]) {
    rmSync(opened, { force: true });
    const login = server.run(["auth", "login", server.base], "", { ...there, BROWSER: program });
    await until("the browser was opened", () => Promise.resolve(existsSync(opened)));
    await page.goto(readFileSync(opened, "utf8"));
    await page.getByRole("button", { name: answer }).click();
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/\?state=/);
    await page.getByText(answer === "Approve" ? "The command line is signed in" : "The login was refused").waitFor();
    const { code, error } = await login;
    expect(code, error).toBe(answer === "Approve" ? 0 : 4);
  }
  expect((await status()).server).toBe(server.base);
  await server.done(["auth", "logout"], "", there);

  // A token that can't be saved is taken back.
  mkdirSync(join(machine, "login.json"));
  rmSync(opened, { force: true });
  const lost = server.run(["auth", "login", server.base, "--name", "lost"], "", { ...there, BROWSER: program });
  await until("the browser was opened", () => Promise.resolve(existsSync(opened)));
  await page.goto(readFileSync(opened, "utf8"));
  await page.getByRole("button", { name: "Approve" }).click();
  expect((await lost).code).toBe(1);
  expect(await server.done(["auth", "token", "ls"])).not.toContain("lost");
  rmSync(join(machine, "login.json"), { recursive: true });
});

it("a token never goes over a network unencrypted, and an address that is none is told", async () => {
  const plain = await server.run(["auth", "login", "http://caisson.example"], "", there);
  expect([plain.code, plain.error]).toEqual([2, expect.stringContaining("not encrypted")]);
  const none = await server.run(["auth", "login", "ftp://caisson.example"], "", there);
  expect([none.code, none.error]).toEqual([2, expect.stringContaining("no address")]);
  writeFileSync(join(machine, "login.json"), JSON.stringify({ server: "http://caisson.example", name: "a", id: "b", token: "csn_c", expires: new Date().toISOString() }), { mode: 0o600 });
  const edited = await server.run(["workspace", "ls"], "", there);
  expect([edited.code, edited.error]).toEqual([2, expect.stringContaining("not encrypted")]);
  rmSync(join(machine, "login.json"));
  const nowhere = await server.run(["auth", "login"], "", there);
  expect([nowhere.code, nowhere.error]).toEqual([2, expect.stringContaining("At which server?")]);
});
