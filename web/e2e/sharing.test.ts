import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, serious, terminalText, until, watched } from "./browser.ts";
import * as flows from "./flows.ts";
import { type SignedIn, api } from "./people.ts";
import { SignOnProxy } from "./proxy.ts";
import { Server } from "./server.ts";

const server = new Server();
const proxy = new SignOnProxy();
let browser: Browser;
let ada: SignedIn;
let ben: SignedIn;
let boss: SignedIn;

async function person(address: string): Promise<SignedIn> {
  const { context, faults } = await watched(browser);
  await context.addCookies([{ name: "person", value: encodeURIComponent(address), url: proxy.base }]);
  const page = await context.newPage();
  await page.goto(proxy.base);
  await page.getByRole("heading", { level: 1, name: "Your workspaces" }).waitFor();
  return { context, page, faults };
}

beforeAll(async () => {
  await proxy.start();
  mkdirSync(`${server.home}/templates`);
  writeFileSync(`${server.home}/templates/empty.md`, "---\ndescription: A shell in a sandbox that reaches nothing\n---\n");
  writeFileSync(`${server.home}/caisson.yaml`, `auth:\n  mode: proxy\n  proxy: { trusted: [127.0.0.1/32] }\n  admins: [boss@example.com]\nserver:\n  public_url: ${proxy.base}\n`);
  await server.start();
  proxy.target = server.base;
  browser = await launch();
  [ada, ben, boss] = [await person("ada@example.com"), await person("ben@example.com"), await person("boss@example.com")];
  await flows.makeWorkspace(ada.page, proxy.base, "empty", "plans");
});

afterAll(async () => {
  await browser?.close();
  proxy.stop();
  await server.remove();
});

const at = `/w/${encodeURIComponent("ada@example.com")}/plans`;
const body = (page: Page) => page.getByRole("main").innerText();

it("what is not shared is not there, in any word of the page", async () => {
  await ben.page.goto(proxy.base + at);
  await ben.page.getByRole("heading", { level: 1, name: "There is nothing here for you" }).waitFor();
  expect(await body(ben.page)).not.toContain("ada");
  expect((await api(ben.page, "GET", "/workspaces")).body).toContain('"total":0');
});

it("a share is given, changed and taken back on the page: a viewer looks, a collaborator types, nobody stays", async () => {
  await ada.page.goto(`${proxy.base}${at}/sharing`);
  await ada.page.getByRole("textbox", { name: "Add a person" }).fill("ben@example.com");
  await ada.page.getByRole("listitem").filter({ hasText: "ben@example.com" }).getByRole("button", { name: "As viewer" }).click();
  const row = ada.page.getByRole("listitem").filter({ has: ada.page.getByRole("combobox", { name: /Right of ben/ }) });
  await row.waitFor();
  expect(await serious(ada.page)).toEqual([]);
  // By name, also on a page that has not seen it given.
  await ada.page.reload();
  await row.getByText("ben@example.com", { exact: true }).waitFor();
  await ben.page.goto(`${proxy.base}${at}/sharing`);
  await ben.page.getByRole("listitem").filter({ hasText: "ben@example.com (you)" }).waitFor();

  // It shows in Ben's open page; he looks, and can't type, upload or open.
  await ben.page.goto(proxy.base);
  await ben.page.getByRole("heading", { name: "Shared with you" }).waitFor();
  await ada.page.goto(`${proxy.base}${at}`);
  await flows.openTerminal(ada.page);
  await flows.live(ada.page, 1);
  await flows.typeAndSee(ada.page, 0, "ada");
  await ben.page.goto(ada.page.url());
  await flows.live(ben.page, 1);
  await ben.page.getByText("read only").waitFor();
  await until("what Ada did", async () => (await terminalText(ben.page)).includes("42-ada"));
  await ben.page.locator(".terminal-host").click();
  await ben.page.keyboard.type("of-ben");
  await ben.page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["x"], "x.txt"));
    document.querySelector(".xterm-helper-textarea")!.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await ben.page.getByText("You may look at this terminal, not put files into it.").waitFor();
  await flows.typeAndSee(ada.page, 0, "later");
  expect(await terminalText(ada.page)).not.toContain("of-ben");

  // The head of the pane says who looks.
  await ada.page.getByRole("button", { name: /2 looking at/ }).click();
  const viewers = ada.page.getByRole("dialog", { name: /^Who looks at/ });
  await viewers.getByRole("listitem").filter({ hasText: "ben@example.com" }).getByText("looks").waitFor();
  await viewers.getByRole("listitem").filter({ hasText: "ada@example.com" }).getByText("types").waitFor();
  await viewers.getByRole("button", { name: "Close" }).click();

  // A collaborator types, at once, in the page that is open.
  const sharing = await ada.context.newPage();
  await sharing.goto(`${proxy.base}${at}/sharing`);
  await sharing.getByRole("combobox", { name: /^Right of/ }).selectOption("collaborator");
  await until("it is no longer read only", async () => (await ben.page.getByText("read only").count()) === 0);
  await until("he may open terminals here", async () => (await ben.page.getByRole("button", { name: "Split to the right" }).getAttribute("aria-disabled")) === null);
  await flows.typeAndSee(ben.page, 0, "ben");
  await until("Ada sees it", async () => (await terminalText(ada.page)).includes("42-ben"));

  // The owner takes the keys of one window away, while it looks.
  await ada.page.getByRole("button", { name: /2 looking at/ }).click();
  await viewers.getByRole("listitem").filter({ hasText: "ben@example.com" }).getByRole("button", { name: "Only look" }).click();
  await ben.page.getByText("read only").waitFor();
  await viewers.getByRole("listitem").filter({ hasText: "ben@example.com" }).getByRole("button", { name: "Let type" }).waitFor();
  await viewers.getByRole("button", { name: "Close" }).click();

  // Taken back: the open terminal closes with its own words, and the page is not there any more.
  await sharing.getByRole("button", { name: /^Take the share of/ }).click();
  await ben.page.getByRole("heading", { name: "You may not see this any more" }).waitFor();
  await ben.page.reload();
  await ben.page.getByRole("heading", { level: 1, name: "There is nothing here for you" }).waitFor();
  await sharing.close();
  expect([...ada.faults, ...ben.faults]).toEqual([]);
});

it("an admin looks into somebody else's terminals only with a reason, which goes with every request", async () => {
  const sent: string[] = [];
  boss.page.on("request", (request) => {
    const reason = request.headers()["x-caisson-reason"];
    if (reason) sent.push(`${new URL(request.url()).pathname} ${reason}`);
  });
  const sockets: string[] = [];
  boss.page.on("websocket", (socket) => sockets.push(socket.url()));
  await boss.page.goto(`${proxy.base}${at}/t`);
  await boss.page.getByRole("heading", { level: 1, name: /^These are ada/ }).waitFor();
  expect(await boss.page.locator(".terminal-host").count()).toBe(0);
  expect(await serious(boss.page)).toEqual([]);
  await boss.page.getByRole("button", { name: /^Open/ }).click({ force: true });
  expect(await boss.page.locator(".terminal-host").count()).toBe(0);
  await boss.page.getByRole("textbox", { name: "Why?" }).fill("ticket 4711, with her consent");
  await boss.page.getByRole("button", { name: /^Open/ }).click();
  await flows.live(boss.page, 1);
  await until("Ada's screen", async () => (await terminalText(boss.page)).includes("42-ada"));
  expect(sent.some((line) => /\/terminals ticket 4711/.test(line))).toBe(true);
  expect(sockets.length).toBeGreaterThan(0);
  expect(sockets.every((url) => new URL(url).searchParams.get("reason") === "ticket 4711, with her consent")).toBe(true);
  // Asked again on the next visit: a reason is for one look.
  await boss.page.reload();
  await boss.page.getByRole("heading", { level: 1, name: /^These are ada/ }).waitFor();
  expect(boss.faults).toEqual([]);
});

it("people are a table, and a list on a phone, where nothing scrolls sideways; disabling says what ends", async () => {
  const { page } = boss;
  const found: string[] = [];
  await page.goto(`${proxy.base}/admin/users`);
  await page.getByRole("row").filter({ hasText: "ben@example.com" }).waitFor();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const one of await serious(page)) found.push(`${width}, ${colorScheme}: ${one}`);
    }
    const card = await page.locator(".table-card").evaluate((element) => element.scrollWidth - element.clientWidth);
    const whole = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (card > 0 || whole > 0) found.push(`${width}: scrolls sideways, the list by ${card} px and the page by ${whole} px`);
  }
  const row = page.locator("tr").filter({ hasText: "ben@example.com" });
  await row.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog", { name: /^Disable ben/ }).getByText("open terminals close").waitFor();
  found.push(...(await serious(page)));
  await page.keyboard.press("Escape");
  await until("the focus is back", async () => row.getByRole("button", { name: "Disable" }).evaluate((element) => element === document.activeElement));
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(found).toEqual([]);
  expect(boss.faults).toEqual([]);
});

it("a workspace is given to somebody else on the page, with what its old owner keeps", async () => {
  const { page, faults } = ada;
  await page.goto(proxy.base + at);
  await page.getByRole("button", { name: "Transfer" }).click();
  const dialog = page.getByRole("dialog", { name: "Transfer plans?" });
  // Its name goes on with why it can't be used yet.
  const give = dialog.getByRole("button", { name: /^Transfer/ });
  expect(await give.getAttribute("aria-disabled")).toBe("true");
  await dialog.getByRole("combobox", { name: "New owner" }).fill("nobody@example.com");
  await give.click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("combobox", { name: "New owner" }).fill("ben@example.com");
  await dialog.getByRole("combobox", { name: "You keep" }).selectOption("viewer");
  expect(await dialog.locator(".command code").innerText()).toBe("caisson workspace transfer plans ben@example.com --keep viewer");
  expect(await serious(page)).toEqual([]);
  await give.click();
  await page.waitForURL(`**/w/${encodeURIComponent("ben@example.com")}/plans`);
  // Who only looks from now on is offered nothing else, and the old address leads on.
  await until("she can't stop it", async () => (await page.getByRole("button", { name: /^Stop/ }).getAttribute("aria-disabled")) === "true");
  await ben.page.goto(`${proxy.base}/w/${encodeURIComponent("ben@example.com")}/plans/sharing`);
  await ben.page.getByRole("combobox", { name: "Right of ada@example.com" }).waitFor();
  expect(await ben.page.getByRole("combobox", { name: "Right of ada@example.com" }).inputValue()).toBe("viewer");
  await page.goto(proxy.base + at);
  await page.waitForURL(`**/w/${encodeURIComponent("ben@example.com")}/plans`);
  expect(faults).toEqual([]);
});
