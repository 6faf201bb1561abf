import type { Page } from "playwright-core";
import { terminalText, until } from "./browser.ts";

/** What a person does, step by step, on any server that speaks the contract. Each flow throws where the page does something else. */

export async function makeWorkspace(page: Page, base: string, template: string, name: string): Promise<void> {
  await page.goto(`${base}/new/${template}`);
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Create", exact: true }).click();
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

/** Asks the stand-in's model through the real agent that runs in a pane. */
export async function ask(page: Page, index: number, question: string): Promise<void> {
  await page.locator(".terminal-host").nth(index).click();
  await page.keyboard.type(question);
  await until("the question in the agent's prompt", async () => (await terminalText(page, index)).includes(question));
  await page.keyboard.press("Enter");
  await until("the model's answer", async () => (await terminalText(page, index)).includes(`Stand-in heard: ${question}`));
}

/** Opens the command bar. A page that has only just been drawn may not listen to keys yet. */
export async function commandBar(page: Page): Promise<void> {
  const box = page.getByRole("dialog").getByRole("combobox");
  await until("the command bar is open", async () => {
    if ((await box.count()) > 0) return true;
    await page.keyboard.press("Control+k");
    return (await box.count()) > 0;
  });
}
