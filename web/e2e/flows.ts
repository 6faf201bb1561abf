import { type Browser, type Page } from "playwright-core";
import { terminalText, until, watched } from "./browser.ts";

/** What a person does, step by step, on any server that speaks the contract. Each flow throws where the page does something else. */

export async function makeWorkspace(page: Page, base: string, template: string, name: string): Promise<void> {
  await page.goto(`${base}/new/${template}`);
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.waitForURL(`**/w/*/${name}`);
  await page.getByRole("link", { name: "Open terminal" }).first().waitFor({ timeout: 180_000 });
}

export async function openTerminal(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Open terminal" }).first().click();
  await page.waitForURL(/\/t\/t-/);
}

export async function typeAndSee(page: Page, index: number, text: string): Promise<void> {
  await page.locator(".terminal-host").nth(index).click();
  await page.keyboard.type(`echo $((6*7))-${text}\n`);
  await until(`42-${text} on the screen`, async () => (await terminalText(page, index)).includes(`42-${text}`));
}

export async function splitKeyboard(page: Page, key: "v" | "s"): Promise<void> {
  const before = await page.locator(".terminal-host").count();
  await page.keyboard.press("Control+Shift+Space");
  await page.getByRole("dialog", { name: /Terminal command/ }).waitFor();
  await page.keyboard.press(key);
  await until("one pane more", async () => (await page.locator(".terminal-host").count()) === before + 1);
  // The new one has the focus: what is typed at once goes there, whole.
  await page.keyboard.type("echo $((5*5))-at-once\n");
  await until("what was typed at once", async () => (await terminalText(page, before)).includes("25-at-once"));
}

export const live = (page: Page, panes: number): Promise<void> =>
  until("all panes connected", async () => (await page.locator(".terminal-host").count()) === panes && (await page.locator(".pane.away").count()) === 0);

/** The same window in another browser: same panes, same text, and both see what either types. */
export async function secondContext(browser: Browser, page: Page, panes: number, text: string, signIn: (page: Page) => Promise<void>): Promise<string[]> {
  const { context, faults } = await watched(browser);
  const other = await context.newPage();
  await signIn(other);
  await other.goto(page.url());
  await live(other, panes);
  await until("the text of before", async () => (await terminalText(other, 0)).includes(text));
  await typeAndSee(other, 0, "second");
  await until("the other one's text", async () => (await terminalText(page, 0)).includes("42-second"));
  await context.close();
  return faults;
}
