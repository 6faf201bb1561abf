import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attacks, launch, serious, until, watched } from "./browser.ts";
import * as flows from "./flows.ts";
import { Session, api, home, signIn } from "./people.ts";
import { Server } from "./server.ts";

const server = new Server();
let browser: Browser;
let session: Session;

beforeAll(async () => {
  await server.start();
  browser = await launch();
  session = new Session(browser, server);
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
});

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();

async function chooseTheme(page: Page, theme: string): Promise<void> {
  const { etag } = await api(page, "GET", "/me/settings");
  expect((await api(page, "PUT", "/me/settings", { theme, terminal: {}, keys: {} }, { "If-Match": etag! })).status).toBe(200);
}

describe("signing in", () => {
  it("works once by link, and takes the token out of the address", async () => {
    const link = await server.link();
    expect(link).toContain("/login#");
    const { context, faults } = await watched(browser);
    const page = await context.newPage();
    const lines: string[] = [];
    page.on("request", (request) => lines.push(request.url()));
    await page.goto(link);
    await home(page);
    expect(page.url()).toBe(`${server.base}/`);
    expect(lines.filter((line) => line.includes(link.split("#")[1]!))).toEqual([]);

    const { context: second } = await watched(browser);
    const other = await second.newPage();
    await other.goto(link);
    await other.getByRole("alert").getByText("it works once").waitFor();
    expect(faults).toEqual([]);

    // Whoever has the first session is told, can end it there, and otherwise is told until they say that they know.
    await page.goto(`${server.base}/workspaces`);
    await page.getByRole("alert").getByText("was used a second time").getByRole("link").click();
    const marked = page.getByRole("listitem").filter({ hasText: "this one" });
    await marked.getByText("Its login link was used a second time").waitFor();
    await marked.getByText("from 127.0.0.1. That was refused.").waitFor();
    expect(await serious(page)).toEqual([]);
    const { page: elsewhere, context: third } = await signIn(browser, server);
    await elsewhere.goto(`${server.base}/settings/sessions`);
    const alarm = elsewhere.getByText("Its login link was used a second time");
    await alarm.waitFor();
    await page.getByRole("button", { name: "It was me: dismiss" }).click();
    await until("the alarm is gone", async () => (await page.getByText("used a second time").count()) === 0);
    await elsewhere.reload();
    await elsewhere.getByText("this one").waitFor();
    expect(await elsewhere.getByText("used a second time").count()).toBe(0);
    await other.goto(link);
    await other.reload();
    await other.getByRole("alert").getByText("it works once").waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole("button", { name: "End this session" }).click();
    await until("the alarm is gone with the session", async () => (await elsewhere.getByText("used a second time").count()) === 0);
    await until("the marked session has ended", async () => (await api(page, "GET", "/me")).status === 401);
    await third.close();
    await context.close();
    await second.close();
  });

  it("is asked for on every page, and leads back to it", async () => {
    const { context } = await watched(browser);
    const page = await context.newPage();
    await page.goto(`${server.base}/settings/tokens`);
    await heading(page, "Sign in to Caisson");
    await page.getByText("caisson auth link", { exact: true }).waitFor();
    await context.close();
  });

  it("ends where the person says so", async () => {
    const { context, page } = await signIn(browser, server);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await heading(page, "Sign in to Caisson");
    expect((await api(page, "GET", "/me")).status).toBe(401);
    await context.close();
  });
});

describe("the theme", () => {
  it("is there at the first paint: with scripts off, and while scripts are still on their way", async () => {
    const { context, page } = await session.open("/", { colorScheme: "light" });
    await chooseTheme(page, "dark");
    const cookies = await context.cookies();
    const colours: string[] = [];
    const off = await browser.newContext({ colorScheme: "light", javaScriptEnabled: false });
    await off.addCookies(cookies);
    const plain = await off.newPage();
    await plain.goto(server.base, { waitUntil: "domcontentloaded" });
    colours.push(await plain.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
    expect(await plain.locator("noscript").boundingBox()).not.toBeNull();

    const slow = await browser.newContext({ colorScheme: "light" });
    await slow.addCookies(cookies);
    const waiting = await slow.newPage();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await waiting.route("**/*.js", async (route) => {
      await held;
      await route.continue();
    });
    await waiting.goto(server.base, { waitUntil: "commit" });
    await waiting.waitForFunction(() => performance.getEntriesByName("first-paint").length > 0 || document.styleSheets.length > 0);
    colours.push(await waiting.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
    release();
    await home(waiting);
    colours.push(await waiting.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));

    expect(colours).toEqual(Array(3).fill("rgb(12, 18, 21)"));
    await chooseTheme(page, "system");
    for (const one of [context, off, slow]) await one.close();
  });

  it("chosen in the settings is the same on another device, also before it has signed in again", async () => {
    const { context, page, faults } = await session.open("/", { colorScheme: "light" });
    await page.goto(`${server.base}/settings`);
    await page.getByRole("radio", { name: "Dark" }).click();
    await until("saved", async () => (await api(page, "GET", "/me/settings")).body.includes('"dark"'));
    const other = await signIn(browser, server, { colorScheme: "light" });
    expect(await other.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await api(other.page, "POST", "/auth/logout");
    await other.page.goto(`${server.base}/login`, { waitUntil: "domcontentloaded" });
    expect(await other.page.locator("html").getAttribute("data-theme")).toBe("dark");
    await chooseTheme(page, "system");
    expect([...faults, ...other.faults]).toEqual([]);
    await context.close();
    await other.context.close();
  });
});

const pages = ["/", "/workspaces", "/workspaces?deleted=true", "/recordings", "/settings/workspaces", "/workspaces?q=status:runing", "/new", "/health", "/settings", "/settings/terminal", "/settings/keys", "/settings/sessions", "/settings/tokens", "/admin/users", "/welcome", "/welcome/agent", "/welcome/workspace", "/nothing-here"];

it("in light and dark, axe finds nothing serious on any page, nothing scrolls sideways at 320 px, and the policy has nothing to report", async () => {
  const { context, page, faults } = await session.open("/", { reducedMotion: "reduce" });
  const found: string[] = [];
  for (const path of [...pages, "/login"]) {
    if (path === "/login") await context.clearCookies();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(server.base + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("load");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const one of await serious(page)) found.push(`${path}, ${colorScheme}: ${one}`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (sideways > 0) found.push(`${path}: scrolls sideways by ${sideways} px`);
  }
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("texts that would run as code stay texts", async () => {
  const { context, page, faults } = await session.open();
  await context.addInitScript(() => Object.assign(window, { hacked: () => (window as unknown as { tellFault: (text: string) => void }).tellFault("a text ran") }));
  const shown: string[] = [];
  for (const text of attacks) if ((await api(page, "POST", "/me/tokens", { name: text.slice(0, 60), scopes: ["workspaces:read"], days: 1 })).status === 201) shown.push(text.slice(0, 60));
  expect(shown.length).toBe(attacks.length);
  const settings = await api(page, "GET", "/me/settings");
  const hostile = { theme: "light", terminal: { font: attacks[0], theme: attacks[1], fontSize: attacks[2] }, keys: { "command-bar": attacks[3], leader: `Ctrl+${attacks[4]}` } };
  expect((await api(page, "PUT", "/me/settings", hostile, { "If-Match": settings.etag! })).status).toBe(200);
  for (const path of [...pages, `/w/${encodeURIComponent(attacks[1]!)}/${encodeURIComponent(attacks[0]!)}`, `/workspaces?q=${encodeURIComponent(attacks[1]!)}`, `/settings/${encodeURIComponent(attacks[6]!)}`]) {
    await page.goto(server.base + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }
  await page.goto(`${server.base}/settings/tokens`);
  const names = page.locator(".terminal-rows strong");
  await until("all tokens", async () => (await names.count()) === attacks.length);
  expect((await names.allTextContents()).toSorted()).toEqual(shown.toSorted());
  expect(faults).toEqual([]);
  await chooseTheme(page, "system");
  await context.close();
});

it("an unknown and a forbidden address are the same page, and it never says whose it is", async () => {
  const { context, page } = await session.open();
  const texts: string[] = [];
  for (const path of ["/nothing-here", "/w/somebody/theirs/nothing", "/settings/nothing"]) {
    await page.goto(server.base + path);
    await heading(page, "There is nothing here for you");
    texts.push(await page.getByRole("main").innerText());
  }
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).not.toContain("somebody");
  await context.close();
});

it("a token is shown once, and can be revoked", async () => {
  const { context, page, faults } = await session.open();
  await page.goto(`${server.base}/settings/tokens`);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("What is it for?").fill("of the test");
  await page.getByRole("button", { name: /^Create/ }).click({ force: true });
  expect(await page.getByText("It is shown this once").count()).toBe(0);
  await page.getByLabel("workspaces:read").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("It is shown this once").waitFor();
  const token = await page.locator("output").innerText();
  const answer = await fetch(`${server.base}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  await page.getByRole("button", { name: "I have it" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "of the test" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await until("revoked", async () => (await row.count()) === 0);
  expect((await fetch(`${server.base}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
  expect(faults).toEqual([]);
  await context.close();
});

it("everything is reached by keys: the command bar opens, finds, goes there, and gives the focus back", async () => {
  const { context, page } = await session.open();
  await flows.commandBar(page);
  await page.keyboard.type("setkeys");
  await page.getByRole("option", { selected: true }).getByText("Settings: keys").waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings/keys");
  await page.keyboard.press("Control+/");
  await page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await until("closed", async () => (await page.getByRole("dialog").count()) === 0);
  await context.close();
});

it("a first visit transfers at most 150 KiB, and nothing from anywhere else", async () => {
  const { context } = await watched(browser);
  const page = await context.newPage();
  const link = await server.link();
  const sizes: Promise<number>[] = [];
  const foreign: string[] = [];
  page.on("requestfinished", (request) => {
    if (!request.url().startsWith(server.base)) foreign.push(request.url());
    if (!request.url().includes("/api/")) sizes.push(request.sizes().then((size) => size.responseBodySize));
  });
  await page.goto(link);
  await home(page);
  await page.evaluate(() => document.fonts.ready);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  console.log(`first visit: ${(total / 1024).toFixed(1)} KiB in ${sizes.length} files`);
  expect(total).toBeGreaterThan(50 * 1024);
  expect(total).toBeLessThanOrEqual(150 * 1024);
  expect(foreign).toEqual([]);
  await context.close();
});

it("a part of a search that makes no sense is underlined, explained and left out; a menu writes it anew", async () => {
  const { context, page, faults } = await session.open(`/workspaces?q=${encodeURIComponent("status:runing x")}`);
  await page.getByText(/is left out/).waitFor();
  expect(await page.locator(".search-mirror mark").innerText()).toBe("status:runing");
  await page.getByRole("combobox", { name: "State" }).selectOption("failed");
  await page.waitForURL(/status%3Afailed/);
  await until("nothing is wrong any more", async () => (await page.locator(".search-mirror mark").count()) === 0 && (await page.getByText(/is left out/).count()) === 0);
  expect(faults).toEqual([]);
  await context.close();
});

it("health shows what is checked, checks again, and mutes a finding for a time with a reason", async () => {
  const { context, page, faults } = await session.open("/health");
  const { items } = JSON.parse((await api(page, "GET", "/health")).body) as { items: { code: string; severity: string; title: string }[] };
  const rows = page.locator(".check-row");
  await until("all checks", async () => (await rows.count()) === items.length);
  const again = page.waitForResponse((response) => response.url().endsWith("/health/check"));
  await page.getByRole("button", { name: "Check again" }).click();
  expect((await again).status()).toBe(200);
  const bad = items.find((one) => one.severity !== "green");
  if (!bad) await page.getByText("All is well.").waitFor();
  else {
    const row = rows.filter({ has: page.getByText(bad.code, { exact: true }) });
    await row.getByRole("button", { name: "Mute" }).click();
    const dialog = page.getByRole("dialog", { name: /^Mute/ });
    await dialog.getByRole("textbox", { name: "Why?" }).fill("known, a test");
    await dialog.getByRole("button", { name: "Mute", exact: true }).click();
    await row.getByText(/^Muted until .*: known, a test$/).waitFor();
    await row.getByRole("button", { name: "Unmute" }).click();
    await row.getByRole("button", { name: "Mute" }).waitFor();
  }
  expect(await serious(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
