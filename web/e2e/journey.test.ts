import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, serious, terminalText, until } from "./browser.ts";
import * as flows from "./flows.ts";
import { type SignedIn, api, idOf, signIn } from "./people.ts";
import { Server } from "./server.ts";
import { Vendors } from "./vendors.ts";

const server = new Server();
const vendors = new Vendors();
let browser: Browser;
let me: SignedIn;
let without: string | null;

beforeAll(async () => {
  await vendors.serve(server);
  mkdirSync(`${server.home}/templates`);
  writeFileSync(`${server.home}/templates/course.md`, "---\ndescription: Claude Code in a sandbox\npolicies: [default]\nagents: [claude]\n---\n");
  await server.start();
  without = await vendors.equip(server);
  browser = await launch();
  me = await signIn(browser, server);
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
  vendors.stop();
});

/** The keys that were pressed while the page said that it was connected: those are promised. */
const pressed = (page: Page): Promise<string> => page.evaluate(() => (window as unknown as { pressed?: string }).pressed ?? "");

async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    const all = window as unknown as { pressed: string };
    all.pressed = "";
    addEventListener(
      "keydown",
      (event) => {
        if (event.key.length === 1 && !event.ctrlKey && document.activeElement?.closest(".pane")?.classList.contains("away") === false) all.pressed += event.key;
      },
      true,
    );
  });
}

it("one workspace from its form to a killed server: steps, a real agent, two panes, a reload, another browser; nothing lost, no key twice", { timeout: 900_000 }, async (test) => {
  test.skip(without !== null, `the real Claude Code is needed, from npm: ${without}`);
  const { page, faults } = me;
  // (1) Made from the template's form; its steps show while they happen.
  await page.goto(`${server.base}/new`);
  await page.getByRole("link", { name: /^course/ }).click();
  await page.getByRole("complementary", { name: "What will be made" }).getByText("api.anthropic.com").first().waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("path");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.waitForURL("**/w/*/path");
  await page.getByRole("region", { name: "Progress" }).getByRole("listitem").filter({ hasText: "running" }).first().waitFor();
  await page.getByRole("link", { name: "Open terminal" }).first().waitFor({ timeout: 180_000 });
  await page.getByRole("link", { name: "Steps and log" }).click();
  await until("every step has ended", async () => {
    const steps = await page.locator(".steps > li").allInnerTexts();
    return steps.length > 5 && steps.every((step) => /done|skipped/.test(step));
  });

  // (2) A terminal, and the real Claude Code in it, at its prompt without a question.
  await page.goto(`${server.base}/w/local/path`);
  await flows.openTerminal(page);
  await flows.live(page, 1);
  await flows.typeAndSee(page, 0, "shell");
  await page.keyboard.type("clear; claude\n");
  await until("the prompt of Claude Code", async () => /Claude Code/.test(await terminalText(page, 0)) && /[❯>]\s/.test(await terminalText(page, 0)));
  await flows.ask(page, 0, "first question");

  // (3) A second pane, where a program prints through everything that follows.
  await flows.splitKeyboard(page, "v");
  await page.keyboard.type("clear; for i in $(seq 1 300); do echo line-$i-; sleep 0.05; done & cat >~/typed.txt\n");
  await until("it prints", async () => (await terminalText(page, 1)).includes("line-5-"));

  // (4) A reload, and another browser: the same panes, the same text.
  const id = await idOf(page, "path");
  await until("the layout is saved", async () => (await api(page, "GET", `/workspaces/${id}/layout`)).body.includes("split"));
  await page.reload();
  await flows.live(page, 2);
  await until("the agent's answer", async () => (await terminalText(page, 0)).includes("Stand-in heard: first question"));
  const second = await signIn(browser, server);
  await second.page.goto(page.url());
  await flows.live(second.page, 2);
  await until("the same there", async () => (await terminalText(second.page, 0)).includes("Stand-in heard: first question"));

  // (5) The server is killed while a person types; what the page took before, between and after arrives once.
  await page.locator(".terminal-host").nth(1).click();
  await watchKeys(page);
  let killed: Promise<void> | null = null;
  for (let n = 0; n < 120; n++) {
    if (n === 40) killed = server.stop("SIGKILL").then(() => server.start());
    await page.keyboard.type(`${String(n).padStart(3, "0")}.`);
  }
  await killed;
  await flows.live(page, 2);
  await page.keyboard.type("the end");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+D");
  await until("all lines", async () => (await terminalText(page, 1)).includes("line-300-"));
  const lines = [...(await terminalText(page, 1)).matchAll(/line-(\d+)-/g)].map((match) => Number(match[1]));
  expect(lines).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  const typed = await pressed(page);
  expect(typed).toContain("038.");
  expect(typed).toMatch(/the end$/);
  await until("the file is closed", async () => (await api(page, "GET", `/workspaces/${id}/files?path=/home/agent/typed.txt`)).body.endsWith("\n"));
  expect((await api(page, "GET", `/workspaces/${id}/files?path=/home/agent/typed.txt`)).body).toBe(`${typed}\n`);

  // (6) The agent went on, too, and answers in both browsers.
  await flows.ask(page, 0, "second question");
  await flows.live(second.page, 2);
  await until("the answer there", async () => (await terminalText(second.page, 0)).includes("Stand-in heard: second question"));
  expect(await serious(page)).toEqual([]);
  expect([...faults, ...second.faults]).toEqual([]);
  await second.context.close();
});
