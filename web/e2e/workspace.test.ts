import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { type TestContext, afterAll, beforeAll, expect, it } from "vitest";
import { attacks, launch, serious, terminalText, until, watched } from "./browser.ts";
import * as flows from "./flows.ts";
import { Server } from "./server.ts";

const server = new Server();
let browser: Browser;
let made: Page;
let faults: string[];
const has = { workspaces: false, terminals: false };

async function signIn(page: Page): Promise<void> {
  await page.goto(await server.link());
  await page.getByRole("heading", { level: 1, name: "Your workspaces" }).waitFor();
}

beforeAll(async () => {
  mkdirSync(`${server.home}/templates`, { recursive: true });
  writeFileSync(`${server.home}/templates/empty.md`, "---\ndescription: A shell in a sandbox that reaches nothing\n---\n");
  await server.start();
  browser = await launch();
  const watch = await watched(browser);
  faults = watch.faults;
  made = await watch.context.newPage();
  await signIn(made);
  const known = (path: string) => made.evaluate(async (address) => !(await (await fetch(`/api/v1${address}`)).text()).includes("in this version"), path);
  has.workspaces = (await known("/templates")) && (await known("/workspaces"));
  has.terminals = await known("/workspaces/none/terminals");
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
});

/** Two parts of the server that are built apart from this one; without them there is nothing to test here, with them there is no skipping. */
function need(context: TestContext, part: keyof typeof has): void {
  context.skip(!has[part], `the server of this build has no ${part} yet`);
}

it("a workspace is made from its template's form, its steps show, and it runs", async (context) => {
  need(context, "workspaces");
  await made.goto(`${server.base}/new/empty`);
  await made.getByRole("complementary", { name: "What will be made" }).getByText("Nothing outside.").waitFor();
  await flows.makeWorkspace(made, server.base, "empty", "first");
  expect(new URL(made.url()).pathname).toBe("/w/local/first");
  await made.getByRole("link", { name: "Steps and log" }).click();
  await until("every step has ended", async () => {
    const steps = await made.locator(".steps > li").allInnerTexts();
    return steps.length > 5 && steps.every((step) => /done|skipped/.test(step));
  });
  expect(await serious(made)).toEqual([]);
  expect(faults).toEqual([]);
});

it("its terminal opens, two panes work, a reload and another browser show the same", async (context) => {
  need(context, "terminals");
  await made.goto(`${server.base}/w/local/first`);
  await flows.openTerminal(made);
  await flows.live(made, 1);
  await flows.typeAndSee(made, 0, "first");
  await flows.splitKeyboard(made, "v");
  await flows.typeAndSee(made, 1, "there");
  await until("the layout is saved", async () => (await made.evaluate(async (path) => (await fetch(path)).text(), await layoutOf(made))).includes("split"));
  await made.reload();
  await flows.live(made, 2);
  await until("the text of before", async () => (await terminalText(made, 0)).includes("42-first"));
  expect(await flows.secondContext(browser, made, 2, "42-first", signIn)).toEqual([]);
  expect(await serious(made)).toEqual([]);
  expect(faults).toEqual([]);
});

it("the server dies and comes back: panes go on where they were, no key is applied twice, the outage is said", async (context) => {
  need(context, "terminals");
  await flows.typeAndSee(made, 0, "before");
  await server.stop("SIGKILL");
  await until("typing is off", async () => (await made.locator(".pane.away").count()) === 2);
  await made.getByText(/The program goes on; typing is off/).first().waitFor();
  await server.start();
  await flows.live(made, 2);
  await flows.typeAndSee(made, 0, "after");
  expect((await terminalText(made, 0)).split("42-before").length).toBe(2);
  expect(faults).toEqual([]);
});

it("where WebSockets are blocked, events and POST carry the terminal, and the page says so", async (context) => {
  need(context, "terminals");
  const watch = await watched(browser);
  await watch.context.addInitScript(() => {
    Object.assign(window, {
      WebSocket: class {
        static OPEN = 1;
        onclose?: (event: { code: number }) => void;
        constructor() {
          setTimeout(() => this.onclose?.({ code: 1006 }));
        }
        close() {}
      },
    });
  });
  const page = await watch.context.newPage();
  await signIn(page);
  await page.goto(made.url());
  await page.getByText("over events").first().waitFor();
  await until("the text of before", async () => (await terminalText(page, 0)).includes("42-first"));
  await flows.typeAndSee(page, 0, "by-post");
  await until("the other window has it, too", async () => (await terminalText(made, 0)).includes("42-by-post"));
  expect(watch.faults).toEqual([]);
  await watch.context.close();
});

it("a change made elsewhere shows in an open page without a reload", async (context) => {
  need(context, "workspaces");
  const other = await made.context().newPage();
  await other.goto(server.base);
  await other.getByRole("article", { name: "first" }).getByText("Running").waitFor();
  await made.evaluate(async () => {
    const { items } = (await (await fetch("/api/v1/workspaces")).json()) as { items: { id: string; name: string }[] };
    await fetch(`/api/v1/workspaces/${items.find((one) => one.name === "first")!.id}/stop`, { method: "POST" });
  });
  await other.getByRole("article", { name: "first" }).getByText("Stopped").waitFor();
  await other.close();
});

it("titles that would run as code stay titles", async (context) => {
  need(context, "workspaces");
  const watch = await watched(browser);
  await watch.context.addInitScript(() => Object.assign(window, { hacked: () => (window as unknown as { tellFault: (text: string) => void }).tellFault("a text ran") }));
  const page = await watch.context.newPage();
  await signIn(page);
  const id = await page.evaluate(async () => ((await (await fetch("/api/v1/workspaces")).json()) as { items: { id: string }[] }).items[0]!.id);
  for (const text of attacks) {
    const status = await page.evaluate(
      async ([workspace, title]) => {
        const etag = (await fetch(`/api/v1/workspaces/${workspace}`)).headers.get("ETag")!;
        return (await fetch(`/api/v1/workspaces/${workspace}`, { method: "PATCH", headers: { "Content-Type": "application/json", "If-Match": etag }, body: JSON.stringify({ title }) })).status;
      },
      [id, text.slice(0, 60)] as const,
    );
    expect(status).toBe(200);
    await page.goto(server.base);
    await page.getByRole("article").first().waitFor();
    expect(await page.getByRole("article").first().getByRole("heading").innerText()).toBe(text.slice(0, 60).trim());
  }
  expect(watch.faults).toEqual([]);
  await watch.context.close();
});

/** Where this page's layout is kept: its workspace, by the name in the address. */
const layoutOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { items } = (await (await fetch("/api/v1/workspaces")).json()) as { items: { id: string; name: string }[] };
    return `/api/v1/workspaces/${items.find((one) => one.name === location.pathname.split("/")[3])!.id}/layout`;
  });
