import { mkdirSync } from "node:fs";
import { type Page, chromium } from "playwright-core";
import * as data from "./stand-in-data.ts";
import { StandIn } from "./stand-in.ts";

const out = new URL("../../artifacts/screenshots/", import.meta.url).pathname;

/**
 * Takes pictures of the pages, light and dark, wide and narrow, into artifacts/screenshots. Names of pages, themes and widths leave out the others:
 * `shots home list dark 390`.
 */
export async function main(words: string[]): Promise<void> {
  const asked = <T extends string | number>(all: readonly T[]): readonly T[] => {
    const some = all.filter((one) => words.includes(String(one)));
    return some.length > 0 ? some : all;
  };
  mkdirSync(out, { recursive: true });
  const standIn = new StandIn();
  const base = `http://127.0.0.1:${await standIn.listen(0)}`;
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
  const running = data.workspaces[0]!;
  const first = standIn.open(running, "claude");
  const second = standIn.open(running, "tests");
  standIn.terminals.get(first.id)!.print(Buffer.from("\x1b[1mClaude Code\x1b[0m v2.1\r\n\r\n\x1b[38;5;208m●\x1b[0m I read \x1b[36msrc/checkout.ts\x1b[0m and wrote a test for the rounding of totals.\r\n  \x1b[32m+ 14\x1b[0m \x1b[31m- 3\x1b[0m  tests/rounding.test.ts\r\n\r\n"));
  standIn.terminals.get(second.id)!.print(Buffer.from("\x1b[42;30m PASS \x1b[0m tests/rounding.test.ts \x1b[90m(12 tests, 340 ms)\x1b[0m\r\n日本語 ✓ → ─┼─ ▁▂▃▄▅▆▇█\r\n"));
  const where = `/w/${encodeURIComponent(running.owner.address)}/${running.name}`;
  const failed = data.workspaces[3]!;
  const pages: Record<string, { path: string; then?: (page: Page) => Promise<unknown>; out?: boolean; nothing?: boolean }> = {
    home: { path: "/" },
    list: { path: "/workspaces" },
    "wrong-search": { path: "/workspaces?q=status:runing%20review" },
    workspace: { path: where },
    steps: { path: `${where}/steps` },
    failed: { path: `/w/${encodeURIComponent(failed.owner.address)}/${failed.name}` },
    making: { path: `/w/${encodeURIComponent(failed.owner.address)}/ml-lab` },
    terminal: {
      path: `${where}/t/${first.id}`,
      then: async (page) => {
        await page.waitForSelector(".xterm-rows, .xterm-screen canvas");
        await page.waitForTimeout(900);
      },
    },
    split: {
      path: `${where}/t/${first.id}`,
      then: async (page) => {
        await page.waitForTimeout(700);
        await page.keyboard.press("Control+Shift+Space");
        await page.keyboard.press("v");
        await page.waitForTimeout(900);
        await page.keyboard.type("ls -la --color /usr | head -12\n");
        await page.waitForTimeout(500);
        await page.keyboard.press("Control+Shift+Space");
        await page.waitForTimeout(200);
      },
    },
    picker: {
      path: `${where}/t/${first.id}`,
      then: async (page) => {
        await page.waitForTimeout(500);
        await page.getByRole("button", { name: "All terminals" }).click();
      },
    },
    outage: {
      path: `${where}/t/${first.id}`,
      then: async (page) => {
        await page.waitForTimeout(600);
        await page.route("**/*", (route) => route.abort());
        await page.routeWebSocket(/ws/, (socket) => socket.close());
        for (const terminal of standIn.terminals.values()) terminal.cut();
        await page.waitForTimeout(3500);
      },
    },
    menu: { path: "/", then: (page) => page.getByRole("button", { name: /^Account of/ }).click() },
    recordings: { path: "/recordings" },
    replay: { path: "/r/r-1", then: (page) => page.locator(".replay-screen .xterm-screen").waitFor().then(() => page.waitForTimeout(400)) },
    restore: { path: "/workspaces?deleted=true", then: (page) => page.getByRole("button", { name: "Restore" }).first().click() },
    duplicate: { path: where, then: (page) => page.getByRole("button", { name: "Duplicate" }).click() },
    token: { path: "/settings/tokens", then: (page) => page.getByRole("button", { name: "New token" }).click() },
    mute: { path: "/health", then: (page) => page.getByRole("button", { name: "Mute" }).first().click() },
    events: { path: `${where}/events` },
    "first-visit": { path: "/", nothing: true },
    templates: { path: "/new" },
    deleted: { path: "/workspaces?deleted=true" },
    empty: { path: "/workspaces?q=nothing-like-it" },
    sharing: { path: `${where}/sharing` },
    policy: { path: `${where}/policy` },
    deletion: {
      path: where,
      then: async (page) => {
        await page.getByRole("button", { name: "Delete" }).click();
        await page.getByText("This is nowhere else").waitFor();
      },
    },
    rename: { path: where, then: (page) => page.getByRole("button", { name: "Rename" }).click() },
    transfer: { path: where, then: (page) => page.getByRole("button", { name: "Transfer" }).click() },
    create: { path: "/new/node", then: (page) => page.waitForTimeout(600) },
    settings: { path: "/settings/terminal" },
    appearance: { path: "/settings" },
    keys: { path: "/settings/keys" },
    dotfiles: { path: "/settings/workspaces" },
    sessions: { path: "/settings/sessions" },
    tokens: { path: "/settings/tokens" },
    health: { path: "/health" },
    users: { path: "/admin/users" },
    welcome: { path: "/welcome" },
    missing: { path: "/nothing-here" },
    commands: { path: "/", then: (page) => page.keyboard.press("Control+k") },
    shortcuts: { path: "/", then: (page) => page.keyboard.press("Control+/") },
    login: { path: "/login", out: true },
    device: { path: "/device?code=BCDF-GHJK" },
    code: { path: "/device" },
  };
  const violations: string[] = [];
  for (const theme of asked(["light", "dark"] as const))
    for (const width of asked([1440, 390])) {
      const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: theme, reducedMotion: "reduce", hasTouch: width === 390, isMobile: width === 390 });
      // A crowded machine is slow, not wrong.
      context.setDefaultTimeout(120_000);
      for (const name of asked(Object.keys(pages))) {
        const { path, then, out: signedOut, nothing } = pages[name]!;
        standIn.signedIn = !signedOut;
        standIn.empty = nothing ?? false;
        const page = await context.newPage();
        page.on("console", (message) => message.type() === "error" && violations.push(`${name}: ${message.text()}`));
        page.on("pageerror", (error) => violations.push(`${name}: ${error.message}`));
        await page.goto(base + path);
        await page.waitForSelector("h1, .window");
        await page.waitForTimeout(350);
        await then?.(page);
        await page.waitForTimeout(200);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (sideways > 0) violations.push(`${name} ${theme} ${width}: scrolls sideways by ${sideways}`);
        // What is wider than its place, except where a line is one: commands, tabs, terminals.
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll("main *, dialog *")]
            .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth && !one.matches("code, pre, .tabs, .side") && !one.closest(".xterm, .replay-screen"))
            .map((one) => `${one.localName}.${one.className}`),
        );
        for (const one of wide) violations.push(`${name} ${theme} ${width}: ${one} scrolls sideways`);
        await page.screenshot({ path: `${out}${name}-${theme}-${width}.png`, fullPage: !["terminal", "split", "picker", "outage", "commands", "shortcuts", "deletion", "rename", "transfer", "menu", "restore", "duplicate", "token", "mute"].includes(name) });
        await page.close();
      }
      await context.close();
    }
  await browser.close();
  standIn.close();
  console.log([...new Set(violations)].join("\n") || "no violation, no error in a console");
  process.exit(0);
}
