import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, serious, until } from "./browser.ts";
import * as flows from "./flows.ts";
import { Session, type SignedIn, api, idOf } from "./people.ts";
import { Server } from "./server.ts";

const server = new Server();
let browser: Browser;
let session: Session;
let me: SignedIn;

beforeAll(async () => {
  mkdirSync(`${server.home}/templates`);
  writeFileSync(`${server.home}/templates/plain.md`, "---\ndescription: A shell that stops by itself\nagents: []\nidle: 30m\n---\n");
  await server.start();
  browser = await launch();
  session = new Session(browser, server);
  me = await session.open("/");
  for (const name of ["one", "gone"]) await server.done(["workspace", "create", name, "--template", "plain"]);
  await server.done(["workspace", "rm", "gone"]);
  expect((await api(me.page, "POST", "/me/tokens", { name: "a script", scopes: ["workspaces:read"], days: 1 })).status).toBe(201);
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
});

/** What is wrong with a dialog that is open: for axe in both themes, and where the focus goes with Tab in both directions. */
async function faultsOf(page: Page, dialog: Locator, what: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const one of await serious(page)) found.push(`${what}, ${colorScheme}: ${one}`);
  }
  const stops = new Set<string>();
  for (const key of [...Array<string>(12).fill("Tab"), ...Array<string>(6).fill("Shift+Tab")]) {
    await page.keyboard.press(key);
    // Past its last stop the browser's own bar comes, which is the body to the page.
    const stop = await dialog.evaluate((element) => (document.activeElement === document.body ? "" : element.contains(document.activeElement) ? document.activeElement!.outerHTML : "outside"));
    if (stop === "outside") found.push(`${what}: ${key} leaves it for ${await page.evaluate(() => document.activeElement!.outerHTML.slice(0, 200))}`);
    stops.add(stop);
  }
  stops.delete("");
  if (stops.size === 0) found.push(`${what}: nothing in it takes the focus`);
  return found;
}

const focusOf = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "");

it("every dialog is sound for axe in light and dark, keeps the focus, closes with Escape, and gives the focus back to what opened it", async () => {
  const { page, faults } = me;
  const found: string[] = [];
  const dialogs: (readonly [path: string, opener: string, title: RegExp])[] = [
    ...(["Stop", "Restart", "Rename", "Duplicate", "Transfer", "Delete"] as const).map((name) => ["/w/local/one", name, new RegExp(`^${name}`)] as const),
    ["/workspaces?deleted=true", "Restore", /^Restore/],
    ["/settings/tokens", "New token", /^New API token/],
    ["/settings/tokens", "Revoke", /^Revoke/],
    ["/settings/sessions", "Sign out everywhere", /^Sign out everywhere/],
  ];
  // Only a machine that lacks something has something to mute.
  const { items } = JSON.parse((await api(page, "GET", "/health")).body) as { items: { severity: string }[] };
  if (items.some((one) => one.severity !== "green")) dialogs.push(["/health", "Mute", /^Mute/]);
  let at = "";
  for (const [path, name, title] of dialogs) {
    if (path !== at) await page.goto(server.base + (at = path));
    const opener = page.getByRole("button", { name, exact: true }).first();
    await opener.click();
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    found.push(...(await faultsOf(page, dialog, name)));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    if (!(await opener.evaluate((element) => element === document.activeElement))) found.push(`${name}: the focus went to “${await focusOf(page)}”`);
  }
  // By keys, from wherever one is.
  await page.goto(`${server.base}/workspaces`);
  const before = page.getByRole("link", { name: "one", exact: true }).first();
  await before.focus();
  for (const [key, what] of [["Control+k", "the command bar"], ["Control+/", "the shortcuts"]] as const) {
    await page.keyboard.press(key);
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    found.push(...(await faultsOf(page, dialog, what)));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    if (!(await before.evaluate((element) => element === document.activeElement))) found.push(`${what}: the focus went to “${await focusOf(page)}”`);
  }
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
});

it("a workspace that would stop is kept for four hours by the page's button, and by its command", async () => {
  const { page, faults } = me;
  const id = await idOf(page, "one");
  const stopsIn = async (): Promise<number> => (Date.parse((JSON.parse((await api(page, "GET", `/workspaces/${id}`)).body) as { stopsAt: string }).stopsAt) - Date.now()) / 3_600_000;
  await page.goto(`${server.base}/w/local/one`);
  const stops = page.locator("dd").filter({ hasText: "when nobody uses it until" });
  await stops.waitFor();
  const soon = await stops.locator("time").getAttribute("datetime");
  expect(await stopsIn()).toBeLessThan(0.6);
  await page.getByRole("button", { name: "Keep for 4 hours" }).click();
  await until("the page says when it stops now", async () => (await stops.locator("time").getAttribute("datetime")) !== soon);
  expect(await stopsIn()).toBeGreaterThan(3.9);
  const kept = await stopsIn();
  await server.done((await stops.locator(".command code").innerText()).split(" ").slice(1));
  expect(await stopsIn()).toBeGreaterThanOrEqual(kept - 0.01);
  expect(faults).toEqual([]);
});

it("a terminal that is about to end for want of use says so over it, and Keep keeps it; its dialogs are sound", async () => {
  const { context, page, faults } = await session.open("/");
  // Five minutes is the least that a policy can set, so the word that it ends soon is put in on its way; all else is the server's.
  let say: ((frame: Buffer) => void) | null = null;
  await page.routeWebSocket(/\/terminals\/.*\/ws/, (socket) => {
    socket.connectToServer();
    say = (frame) => socket.send(frame);
  });
  await page.goto(`${server.base}/w/local/one`);
  await flows.openTerminal(page);
  await flows.live(page, 1);
  const text = "Nobody has used this terminal for long. It ends unless somebody does.";
  say!(Buffer.from(`\x0a${JSON.stringify({ kind: "idle", message: text, until: new Date(Date.now() + 60_000).toISOString() })}`));
  await page.getByRole("status").filter({ hasText: text }).waitFor();
  expect(await serious(page)).toEqual([]);
  const answered = page.waitForResponse((response) => response.url().endsWith("/keep"));
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  expect((await answered).status()).toBeLessThan(300);
  await until("it says it no longer", async () => (await page.getByText(text).count()) === 0);

  const found: string[] = [];
  for (const [name, title] of [["All terminals", /^All terminals/]] as const) {
    await page.getByRole("button", { name }).first().click();
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    found.push(...(await faultsOf(page, dialog, String(name))));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
