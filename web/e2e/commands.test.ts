import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attacks, launch, serious, terminalText, until, watched } from "./browser.ts";
import * as flows from "./flows.ts";
import { tabTo } from "./keyboard.ts";
import { Session, type SignedIn, api, idOf } from "./people.ts";
import { Server } from "./server.ts";

const server = new Server();
let browser: Browser;
let session: Session;
let me: SignedIn;

const template = `---
description: A form with every kind of field
agents: []
presets:
  course: { label: The course, description: What everybody begins with, parameters: { track: b, size: "3" } }
  own: { label: One of my own }
parameters:
  track: { type: choice, label: Track, choices: [a, b], default: a }
  size: { type: number, label: Size, min: 1, max: 4, default: "2" }
  code: { type: text, label: Code, pattern: "[a-z]{3}" }
env: { TRACK: "{{track}}", SIZE: "{{size}}", CODE: "{{code}}" }
---
`;

beforeAll(async () => {
  mkdirSync(`${server.home}/templates`);
  writeFileSync(`${server.home}/templates/form.md`, template);
  writeFileSync(`${server.home}/templates/plain.md`, "---\ndescription: A shell in a sandbox that reaches nothing\nagents: []\n---\n");
  mkdirSync(`${server.home}/policies`);
  writeFileSync(`${server.home}/policies/docs.md`, "---\ndescription: Read the documentation\nroutes:\n  - host: example.org\n    match: [{ methods: [read], paths: [{ type: prefix, value: /docs }] }]\n---\n");
  writeFileSync(`${server.home}/templates/ruled.md`, "---\ndescription: A shell that reads documentation\nagents: []\npolicies: [docs]\n---\n");
  await server.start();
  browser = await launch();
  session = new Session(browser, server);
  me = await session.open("/");
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
});

/** Copies the page's command as a person would, and runs it in a shell. */
async function run(page: Page, command: RegExp, input = ""): Promise<string> {
  const text = await page.locator(".command code").filter({ hasText: command }).first().innerText();
  return shell(text, input);
}

async function shell(text: string, input = ""): Promise<string> {
  const running = promisify(execFile)("/bin/bash", ["-c", text], { env: server.environment() });
  running.child.stdin!.end(input);
  return (await running).stdout;
}

const open = (page: Page, path: string, heading: string | RegExp) => page.goto(server.base + path).then(() => page.getByRole("heading", { level: 1, name: heading }).waitFor());
const observed = async (page: Page, name: string): Promise<string> => (JSON.parse((await api(page, "GET", `/workspaces/${await idOf(page, name)}`)).body) as { observed: string }).observed;
const becomes = (page: Page, name: string, state: string) => until(`${name} is ${state}`, async () => (await observed(page, name)) === state);

it("the empty page's command makes the first workspace, as its tile would", async () => {
  const { page } = me;
  await page.getByRole("heading", { name: "Create your first workspace" }).waitFor();
  const text = (await page.locator(".command code").filter({ hasText: /^caisson workspace create/ }).innerText()).replace("NAME", "first").replace("form", "plain");
  await shell(text);
  // It shows without a reload, and runs.
  await page.getByRole("article", { name: "first" }).getByText("Running").waitFor();
});

it("the form says all that is wrong at once, each at its field; a preset fills it in; page and command make the same", async () => {
  const { page, faults } = me;
  await open(page, "/new/form", "New workspace");
  await page.getByRole("radio", { name: /The course/ }).waitFor();
  expect(await page.getByRole("radio", { name: /The course/ }).isChecked()).toBe(true);
  expect(await page.getByRole("combobox", { name: "Track" }).inputValue()).toBe("b");
  expect(await page.getByRole("textbox", { name: "Size" }).inputValue()).toBe("3");
  await page.getByRole("textbox", { name: "Name" }).fill("Not A Name");
  await page.getByRole("textbox", { name: "Size" }).fill("9");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const wrong = page.locator("form .wrong");
  await until("three faults", async () => (await wrong.count()) === 3);
  expect(await wrong.allInnerTexts()).toEqual([expect.stringContaining("Small letters"), expect.stringContaining("At most 4"), expect.stringContaining("needs a value")]);
  await until("the first has the focus", async () => page.evaluate(() => document.activeElement?.getAttribute("aria-invalid") === "true"));
  expect(await serious(page)).toEqual([]);
  await page.getByRole("textbox", { name: "Name" }).fill("by-page");
  await page.getByRole("textbox", { name: "Size" }).fill("4");
  await page.getByRole("textbox", { name: "Code" }).fill("abc");
  await page.getByRole("complementary", { name: "What will be made" }).getByText("Nothing outside.").waitFor();
  const command = await page.locator(".command code").filter({ hasText: /^caisson workspace create/ }).innerText();
  expect(command).toBe("caisson workspace create by-page --template form --preset course -p size=4 -p code=abc");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.waitForURL("**/w/local/by-page");
  await shell(command.replace("by-page", "by-command"));
  await becomes(page, "by-page", "running");
  const made = async (name: string) => ((one) => ({ template: one["template"], policies: one["policies"], title: String(one["title"]).replace(name, "") }))(JSON.parse((await api(page, "GET", `/workspaces/${await idOf(page, name)}`)).body) as Record<string, unknown>);
  expect(await made("by-command")).toEqual(await made("by-page"));
  const env = async (name: string): Promise<string> => {
    const id = await idOf(page, name);
    await api(page, "POST", `/workspaces/${id}/terminals`, { columns: 80, rows: 24, command: ["sh", "-c", "echo $TRACK $SIZE $CODE >~/env"] });
    let answer = await api(page, "GET", `/workspaces/${id}/files?path=~/env`);
    await until("the values are written", async () => (answer = await api(page, "GET", `/workspaces/${id}/files?path=~/env`)).status === 200 && answer.body.endsWith("\n"));
    return answer.body.trim();
  };
  expect([await env("by-page"), await env("by-command")]).toEqual(["b 4 abc", "b 4 abc"]);
  expect(faults).toEqual([]);
});

it("stop, start, restart: the dialog's command does what its button does", async () => {
  const { page } = me;
  await open(page, "/w/local/first", "first");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog", { name: "Stop first?" }).waitFor();
  await run(page, /^caisson workspace stop first$/);
  await becomes(page, "first", "stopped");
  await page.getByRole("button", { name: "Cancel" }).click();
  await run(page, /^caisson workspace start first$/);
  await becomes(page, "first", "running");
  await page.getByRole("button", { name: "Restart" }).click();
  await page.getByRole("dialog", { name: "Restart first?" }).waitFor();
  const since = (JSON.parse((await api(page, "GET", `/workspaces/${await idOf(page, "first")}`)).body) as { since: string }).since;
  await run(page, /^caisson workspace restart first$/);
  await becomes(page, "first", "running");
  expect((JSON.parse((await api(page, "GET", `/workspaces/${await idOf(page, "first")}`)).body) as { since: string }).since).not.toBe(since);
  await page.getByRole("button", { name: "Cancel" }).click();
});

it("why, open, list, sign-in link: the commands print what the pages show", async () => {
  const { page } = me;
  await open(page, "/w/local/first", "first");
  const why = page.getByRole("heading", { name: "Why it is running" }).locator("..");
  // What both say changes once, when the job that made it has ended.
  await until("the command says what the page says", async () =>
    (await run(page, /^caisson workspace why first$/)).includes((await why.locator("p").first().innerText()).trim()),
  );
  expect((await run(page, /^caisson workspace open first$/)).trim()).toBe(`${server.base}/w/local/first`);
  await open(page, "/workspaces?q=nothing-like-it", "Workspaces");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  const listed = await run(page, /^caisson workspace ls$/);
  for (const name of ["first", "by-page", "by-command"]) expect(listed).toContain(name);
  await open(page, "/settings/sessions", "Settings");
  const link = (await run(page, /^caisson auth link$/)).trim();
  const { context } = await watched(browser);
  const other = await context.newPage();
  await other.goto(link);
  await other.getByRole("heading", { level: 1, name: "Your workspaces" }).waitFor();
  await context.close();
});

it("policy, credential, agent, token: the commands do what their places in the pages say", async () => {
  const { page, faults } = me;
  await shell("caisson workspace create ruled --template ruled");
  await open(page, "/w/local/ruled/policy", "ruled");
  expect(await run(page, /^caisson policy show docs$/)).toContain("example.org");
  const explain = await page.locator(".command code").filter({ hasText: /^caisson policy explain docs HOST$/ }).innerText();
  expect(await shell(explain.replace("HOST", "example.org"))).toMatch(/GET.* on prefix \/docs/);

  await open(page, "/welcome/agent", /./);
  await run(page, /^caisson credential set anthropic$/, "not-a-real-key\n");
  expect(await shell("caisson credential list")).toContain("anthropic");
  expect((await api(page, "GET", "/credentials")).body).toContain('"anthropic"');
  // Installed for real in journey.test.ts; here that the page's agent is one that there is.
  const agent = (await page.locator(".command code").filter({ hasText: /^caisson agent install / }).innerText()).split(" ").at(-1)!;
  expect(await shell("caisson agent list")).toContain(agent);

  expect((await api(page, "POST", "/me/tokens", { name: "for a script", scopes: ["workspaces:read"], days: 1 })).status).toBe(201);
  await open(page, "/settings/tokens", "Settings");
  const row = page.getByRole("listitem").filter({ hasText: "for a script" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog", { name: "Revoke for a script?" }).waitFor();
  await run(page, /^caisson auth token rm /);
  expect((await api(page, "GET", "/me/tokens")).body).not.toContain("for a script");
  await page.reload();
  await page.getByRole("heading", { name: "API tokens" }).waitFor();
  await until("it is gone", async () => (await row.count()) === 0);
  expect(faults).toEqual([]);
});

it("renaming by page and by command: the address follows, the old one leads on", async () => {
  const { page, faults } = me;
  await open(page, "/w/local/first", "first");
  await page.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename" });
  await dialog.getByRole("textbox", { name: "Title" }).fill("The first");
  await dialog.getByRole("textbox", { name: "Name" }).fill("renamed");
  expect(await dialog.locator(".command code").innerText()).toBe("caisson workspace rename first renamed --title 'The first'");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/w/local/renamed");
  await open(page, "/w/local/first/steps", "The first");
  await page.waitForURL("**/w/local/renamed/steps");
  await shell("caisson workspace rename renamed back --title first");
  await page.waitForURL("**/w/local/back/steps");
  await page.getByRole("heading", { level: 1, name: "first" }).waitFor();
  expect(faults).toEqual([]);
});

it("deleting says what is nowhere else and what is kept until when; page and command delete alike, and restore alike", async () => {
  const { page, faults } = me;
  const terminal = JSON.parse((await api(page, "POST", `/workspaces/${await idOf(page, "back")}/terminals`, { columns: 80, rows: 24 })).body) as { id: string };
  await open(page, `/w/local/back`, "first");
  await page.goto(`${server.base}/w/local/back/t/${terminal.id}`);
  await until("connected", async () => (await page.locator(".pane").count()) === 1 && (await page.locator(".pane.away").count()) === 0);
  await page.locator(".terminal-host").click();
  await page.keyboard.type("git init -q work && cd work && git config user.email a@example.org && git config user.name A && echo x >seen && git add . && git commit -qm 'only here' && echo y >unseen; echo wor''ked\n");
  await until("it worked", async () => ((await page.evaluate(() => (document.querySelector(".terminal-host") as unknown as { screenText(): string }).screenText()))).includes("worked"));
  await open(page, "/w/local/back", "first");
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete first?" });
  await dialog.getByText("This is nowhere else").waitFor();
  const words = await dialog.innerText();
  for (const part of ["~/work", "1 unpushed commit", "only here", "1 file not committed", "unseen", "its home with all files"]) expect(words).toContain(part);
  expect(words).toMatch(/Kept until .*20\d\d/);
  expect(await serious(page)).toEqual([]);
  const command = await dialog.locator(".command code").innerText();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await until("it is gone", async () => !(await api(page, "GET", "/workspaces")).body.includes('"back"'));

  await open(page, "/workspaces?deleted=true", "Deleted workspaces");
  await page.getByRole("listitem").filter({ hasText: "first" }).getByRole("button", { name: "Restore" }).click();
  const restore = page.getByRole("dialog", { name: "Restore first?" });
  const back = await restore.locator(".command code").innerText();
  await restore.getByRole("button", { name: "Restore", exact: true }).click();
  await page.waitForURL("**/w/local/back");
  await page.getByText("Stopped").first().waitFor();

  await shell(command);
  await until("it is gone again", async () => !(await api(page, "GET", "/workspaces")).body.includes('"back"'));
  expect(await shell("caisson workspace ls --deleted")).toContain("back");
  await shell(back);
  expect(await observed(page, "back")).toBe("stopped");
  expect(faults).toEqual([]);
});

it("duplicating by page and by command: a copy of the home, under its name", async () => {
  const { page, faults } = me;
  await open(page, "/w/local/by-page", "by-page");
  await page.getByRole("button", { name: "Duplicate" }).click();
  const dialog = page.getByRole("dialog", { name: /Duplicate/ });
  const command = await dialog.locator(".command code").innerText();
  expect(command).toBe("caisson workspace duplicate by-page by-page-copy");
  await dialog.getByRole("button", { name: "Duplicate", exact: true }).click();
  await page.waitForURL("**/w/local/by-page-copy");
  await becomes(page, "by-page-copy", "running");
  await shell(command.replace("by-page-copy", "by-hand"));
  await becomes(page, "by-hand", "running");
  expect(faults).toEqual([]);
});

it("all of it by keys alone, with a focus that is always seen", async () => {
  const { context, page, faults } = await session.open("/");
  await page.getByRole("heading", { level: 1, name: "Your workspaces" }).waitFor();
  await tabTo(page, "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(page, "New workspace");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /^plain/ }).waitFor();
  await tabTo(page, /^plain/);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await tabTo(page, "Name");
  await page.keyboard.type("keys");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/w/local/keys");
  await page.getByRole("link", { name: "Open terminal" }).first().waitFor();
  await tabTo(page, "Open terminal");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/t\/t-/);
  await flows.live(page, 1);
  await page.keyboard.type("echo $((6*7))-typed\n");
  await until("the shell's answer", async () => (await terminalText(page)).includes("42-typed"));
  await flows.splitKeyboard(page, "v");

  const chord = async (key: string) => {
    await page.keyboard.press("Control+Shift+Space");
    await page.getByRole("dialog", { name: /Terminal command/ }).waitFor();
    await page.keyboard.press(key);
  };
  await chord("ArrowLeft");
  await page.keyboard.type("echo $((5*5))-left\n");
  await until("it went to the left pane", async () => (await terminalText(page, 0)).includes("25-left"));
  await chord("r");
  await page.getByRole("dialog", { name: "Rename the terminal" }).waitFor();
  await tabTo(page, "Label");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^by keys/ }).first().waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await chord("z");
  await until("one pane is shown", async () => (await page.locator(".terminal-host").count()) === 1);
  await chord("z");
  await until("both are shown", async () => (await page.locator(".terminal-host").count()) === 2);
  await chord("x");
  await until("one pane is left", async () => (await page.locator(".terminal-host").count()) === 1);

  // Out of a terminal, which keeps Tab for itself: the command bar.
  await flows.commandBar(page);
  await page.keyboard.type("workspace's page");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/w/local/keys");
  await tabTo(page, "Stop");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Stop keys?" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
  await page.keyboard.press("Escape");
  await until("closed, and the focus is back", async () => (await page.getByRole("dialog").count()) === 0 && (await page.evaluate(() => document.activeElement?.textContent?.trim())) === "Stop");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Stop$/);
  await page.keyboard.press("Enter");
  await page.getByText("Stopped").first().waitFor();
  await flows.commandBar(page);
  await page.keyboard.type("theme: dark");
  await page.keyboard.press("Enter");
  await until("it is dark", async () => page.evaluate(() => document.documentElement.dataset["theme"] === "dark"));
  expect(faults).toEqual([]);
  await context.close();
});

it("titles that would run as code stay titles, in an open page that shows each as it changes", async () => {
  const { context, page, faults } = await session.open("/");
  await context.addInitScript(() => Object.assign(window, { hacked: () => (window as unknown as { tellFault: (text: string) => void }).tellFault("a text ran") }));
  const id = await idOf(page, "by-hand");
  await page.reload();
  const title = page.getByRole("article").filter({ hasText: "by-hand" }).getByRole("heading");
  for (const text of attacks.map((attack) => attack.slice(0, 60).trim())) {
    const { etag } = await api(page, "GET", `/workspaces/${id}`);
    expect((await api(page, "PATCH", `/workspaces/${id}`, { title: text }, { "If-Match": etag! })).status).toBe(200);
    await until(`the card says ${text}`, async () => (await title.innerText()) === text);
  }
  for (const path of ["/w/local/by-hand", "/w/local/by-hand/sharing", "/workspaces"]) {
    await page.goto(server.base + path);
    await page.getByText(attacks.at(-1)!).first().waitFor();
  }
  expect(faults).toEqual([]);
  await context.close();
});
