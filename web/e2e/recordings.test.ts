import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { playedBy } from "./asciinema.ts";
import { launch, serious, terminalText, until } from "./browser.ts";
import * as flows from "./flows.ts";
import { Session, type SignedIn, api, idOf } from "./people.ts";
import { Server } from "./server.ts";

const server = new Server();
let browser: Browser;
let session: Session;
let me: SignedIn;
let workspace: string;

beforeAll(async () => {
  mkdirSync(`${server.home}/policies`);
  mkdirSync(`${server.home}/templates`);
  writeFileSync(`${server.home}/policies/recorded.md`, "---\ndescription: Terminals are recorded\nrecording: on\n---\n");
  writeFileSync(`${server.home}/templates/recorded.md`, "---\ndescription: A recorded shell\npolicies: [recorded]\n---\n");
  await server.start();
  browser = await launch();
  session = new Session(browser, server);
  me = await session.open("/");
  await server.done(["workspace", "create", "film", "--template", "recorded"]);
  workspace = await idOf(me.page, "film");
});

afterAll(async () => {
  await browser?.close();
  await server.remove();
});

const screen = (page: Page): Promise<string> => page.evaluate(() => (document.querySelector(".replay-screen") as unknown as { screenText?: () => string } | null)?.screenText?.() ?? "");
const shows = (page: Page, text: string) => until(`“${text}” in the replay`, async () => (await screen(page)).includes(text));

/** The page's command, as a person would copy it. */
const command = (page: Page, verb: string): Promise<string> => page.locator(".command code").filter({ hasText: verb }).first().innerText();
const runs = (text: string): Promise<string> => server.done(text.replace(/^caisson /, "").split(" "));

it("a page without recordings shows the command that lists them", async () => {
  const { page } = me;
  await page.goto(`${server.base}/recordings`);
  await page.getByRole("heading", { name: "Nothing was recorded" }).waitFor();
  expect(await serious(page)).toEqual([]);
  expect(await runs(await command(page, "caisson recording ls"))).not.toMatch(/r-[a-z0-9]{20}/);
});

it("a recording plays beside what was decided: marks, text, places and speed lead to their moment", async () => {
  const { page, faults } = me;
  await page.goto(`${server.base}/w/local/film/t`);
  await flows.live(page, 1);
  await page.getByText("recorded", { exact: true }).first().waitFor();
  await flows.typeAndSee(page, 0, "first");
  await page.keyboard.type("curl -s https://example.org/ | grep -o no_route; sleep 3; echo $((5*5))-last; exit\n");
  await page.getByText("Exited 0.").waitFor();

  await page.goto(`${server.base}/w/local/film`);
  await page.getByRole("main").getByRole("link", { name: "Recordings" }).click();
  await page.getByRole("heading", { level: 1, name: "Recordings" }).waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("link", { name: "Play" }).first().click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  expect(await serious(page)).toEqual([]);

  // The silence is left out, so all of it is there soon; eight times as fast at that.
  await page.getByRole("combobox", { name: "Speed" }).selectOption("8");
  await page.getByRole("button", { name: "Play" }).click();
  await shows(page, "42-first");
  await shows(page, "25-last");

  // A tick opens its decision; the decision plays the five seconds before it.
  const decided = page.getByRole("region", { name: "What was decided" });
  await page.getByRole("button", { name: /^refused at .*example\.org/ }).click();
  await decided.locator("[aria-current]").getByText("example.org").first().waitFor();
  await decided.locator("[aria-current] button").click();
  await shows(page, "42-first");

  // A text leads to its moment, which is an address.
  await page.getByRole("searchbox", { name: "Find text" }).fill("25-last");
  await page.getByRole("search").getByRole("button").first().click();
  await page.waitForURL(/\?t=\d/);
  await shows(page, "25-last");
  await page.reload();
  await shows(page, "25-last");
  await page.getByRole("slider", { name: "Position" }).fill("0");
  await until("it is at the beginning", async () => !(await screen(page)).includes("25-last"));
  expect(faults).toEqual([]);
});

it("one that still runs is watched as it happens", async () => {
  const { page, faults } = me;
  const answer = await api(page, "POST", `/workspaces/${workspace}/terminals`, { columns: 80, rows: 24, label: "live one" });
  expect(answer.status, answer.body).toBe(201);
  const made = JSON.parse(answer.body) as { id: string };
  await page.goto(`${server.base}/w/local/film/t/${made.id}`);
  await until("connected", async () => (await page.locator(".pane:not(.away)").count()) > 0);
  const viewer = await session.open(`/recordings?workspace=${workspace}`);
  await viewer.page.getByRole("listitem").filter({ hasText: "live one" }).getByRole("link", { name: "Watch" }).click();
  await viewer.page.getByRole("button", { name: "Live" }).click();
  await page.locator(".terminal-host").last().click();
  await page.keyboard.type("echo $((6*7))-now\n");
  await until("typed", async () => (await terminalText(page, (await page.locator(".terminal-host").count()) - 1)).includes("42-now"));
  await shows(viewer.page, "42-now");
  expect([...faults, ...viewer.faults]).toEqual([]);
  await viewer.context.close();
});

it("an export, v2 and v3, plays in asciinema's player to the screen that the terminal had; what the pages' commands do shows in the pages", async () => {
  const { page, faults } = me;
  const draw = [
    "for i in $(seq 60); do printf '\\033[3%dmline %d\\033[0m\\r\\n' $((i % 8)) $i; done",
    // Positions, wide letters, a combining accent, erased and inserted parts, a region that scrolls, tabs, line drawing, and one other screen that is left again.
    "printf '\\033[3;5H\\033[7mhere\\033[m\\344\\270\\255\\346\\226\\207 \\033[1me\\314\\201\\033[m\\033[5;3H\\033[2K\\033[6;1H\\033[2L\\033[8;4H\\033[3P\\033[9;2H\\033[4@'",
    "printf '\\033[10;14r\\033[14;1H\\n\\n\\033[r\\033[16;1Ha\\tb\\t\\033(0lqqk\\033(B\\033[?1049h\\033[2Jother\\033[?1049l\\033[18;1Hdone'",
  ].join("; ");
  const made = JSON.parse((await api(page, "POST", `/workspaces/${workspace}/terminals`, { columns: 80, rows: 24, label: "drawn", command: ["sh", "-c", `stty -echo; printf ready; read x; ${draw}; read x`] })).body) as { id: string };
  await page.goto(`${server.base}/w/local/film/t/${made.id}`);
  const at = async () => (await page.locator(".terminal-host").count()) - 1;
  const text = async () => terminalText(page, await at());
  await until("ready", async () => (await text()).includes("ready"));
  await page.locator(".terminal-host").last().click();
  await page.keyboard.press("Enter");
  await until("drawn", async () => (await text()).includes("done"));
  const size = JSON.parse((await api(page, "GET", `/terminals/${made.id}`)).body) as { columns: number; rows: number };
  const live = (await text()).split("\n").slice(-size.rows).map((line) => line.trimEnd());
  expect(live.some((line) => line.includes("here中文 e\u0301"))).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByText("Exited 0.").waitFor();

  const recording = JSON.parse((await api(page, "GET", `/terminals/${made.id}/recording`)).body) as { id: string; label: string };
  await page.goto(`${server.base}/r/${recording.id}`);
  const exported = await command(page, "caisson recording export");
  for (const format of ["v2", "v3"]) {
    const cast = await runs(`${exported} --format ${format}`);
    expect(JSON.parse(cast.split("\n")[0]!)).toMatchObject({ version: Number(format[1]) });
    expect(await playedBy(browser, cast), format).toEqual(live);
  }
  expect(await runs(exported)).toBe((await api(page, "GET", `/recordings/${recording.id}/cast?format=v3`)).body);

  // Listed and deleted by command as by page.
  expect(await runs("caisson recording ls")).toContain(recording.id);
  await page.goto(`${server.base}/recordings`);
  await page.getByRole("button", { name: "Delete drawn" }).click();
  await page.getByRole("dialog", { name: "Delete the recording of drawn?" }).waitFor();
  expect(await serious(page)).toEqual([]);
  await runs(await command(page, "caisson recording rm"));
  await page.reload();
  await page.locator(".terminal-rows, .empty").first().waitFor();
  expect(await page.getByRole("link", { name: "drawn" }).count()).toBe(0);
  expect((await api(page, "GET", `/recordings/${recording.id}`)).status).toBe(404);
  expect(faults).toEqual([]);
});
