import { attacks, launch, serious, terminalText, until, watched } from "../e2e/browser.ts";
import * as flows from "../e2e/flows.ts";
import * as data from "./stand-in-data.ts";
import { StandIn } from "./stand-in.ts";

/** The flows of e2e/ against the stand-in, for work on the pages while the server lacks a part. */
export async function main(): Promise<void> {
  const standIn = new StandIn();
  const base = `http://127.0.0.1:${await standIn.listen(0)}`;
  const browser = await launch();
  const { context, faults } = await watched(browser);
  const step = async (name: string, run: () => Promise<unknown>) => {
    const begun = Date.now();
    try {
      const found = await run();
      console.log(`ok    ${name} (${Date.now() - begun} ms)${Array.isArray(found) && found.length > 0 ? `\n        ${found.join("\n        ")}` : ""}`);
    } catch (error) {
      console.log(`FAILS ${name}: ${(error as Error).message.split("\n").slice(0, 6).join("\n        ")}`);
      await page.screenshot({ path: `../artifacts/screenshots/failed-${name.replaceAll(" ", "-")}.png` });
    }
  };
  const page = await context.newPage();
  await step("make", () => flows.makeWorkspace(page, base, "empty", "tried").then(() => flows.openTerminal(page)));
  await step("live", () => flows.live(page, 1));
  await step("type", () => flows.typeAndSee(page, 0, "first"));
  await step("split", () => flows.splitKeyboard(page, "v"));
  await step("type there", () => flows.typeAndSee(page, 1, "there"));
  await step("cut and type", async () => {
    for (const terminal of standIn.terminals.values()) terminal.cut();
    await until("reconnecting", async () => (await page.locator(".pane.away").count()) > 0);
    await flows.live(page, 2);
    await flows.typeAndSee(page, 0, "again");
    if ((await terminalText(page, 0)).split("42-again").length !== 2) throw new Error("typed twice");
  });
  await step("reload", async () => {
    await page.waitForTimeout(800);
    await page.reload();
    await flows.live(page, 2);
    await until("the text", async () => (await terminalText(page, 0)).includes("42-first"));
  });
  await step("without webgl", async () => {
    const other = await launch();
    const { context: plain, faults: found } = await watched(other);
    await plain.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    const dom = await plain.newPage();
    await dom.goto(page.url());
    await flows.live(dom, 2);
    await until("rows of the DOM", async () => (await dom.locator(".xterm-rows").first().innerText()).includes("42-first"));
    await dom.screenshot({ path: "../artifacts/screenshots/without-webgl.png" });
    await other.close();
    return found;
  });
  await step("attack strings", async () => {
    await context.addInitScript(() => Object.assign(window, { hacked: () => (window as unknown as { tellFault: (text: string) => void }).tellFault("hacked") }));
    const [first] = data.workspaces;
    for (const [index, text] of attacks.entries()) data.workspaces.push(data.workspace({ name: `attack-${index}`, title: text, template: text, message: text, policies: [text], agents: [text], isolation: text, health: { state: "amber", codes: [{ code: text, message: text, fix: text, since: new Date().toISOString() }] }, observed: index % 2 ? "failed" : "running", job: "j-3" }));
    data.jobs[2]!.error = { step: "clone", code: attacks[0]!, message: attacks[1]!, fix: attacks[2]!, raw: attacks[3]! };
    data.me.name = attacks[4]!;
    for (const terminal of standIn.terminals.values()) {
      terminal.object.label = attacks[5]!;
      terminal.object.process = attacks[1]!;
      terminal.object.title = attacks[0]!;
    }
    for (const path of ["/", "/workspaces", "/w/ada%40example.org/attack-1", "/w/ada%40example.org/attack-1/steps", "/w/ada%40example.org/attack-1/policy", new URL(page.url()).pathname, "/settings/tokens", "/admin/users", "/health"]) {
      await page.goto(base + path);
      await page.waitForTimeout(300);
    }
    return first?.name;
  });
  data.workspaces.splice(7);
  for (const scheme of ["light", "dark"] as const) {
    const { context: plain } = await watched(browser, { colorScheme: scheme, reducedMotion: "reduce" });
    const other = await plain.newPage();
    for (const path of ["/", "/workspaces", "/workspaces?q=nothing-like-it", "/new", "/new/node", "/w/ada%40example.org/checkout-api", "/w/ada%40example.org/legacy-port", "/w/ada%40example.org/checkout-api/steps", "/w/ada%40example.org/checkout-api/sharing", new URL(page.url()).pathname, "/health", "/settings", "/settings/terminal", "/settings/keys", "/settings/sessions", "/settings/tokens", "/admin/users", "/welcome", "/nothing", "/login"])
      await step(`axe ${scheme} ${path}`, async () => {
        standIn.signedIn = path !== "/login";
        await other.goto(base + path);
        await other.waitForSelector("h1, .window, h2");
        await other.waitForTimeout(400);
        return serious(other);
      });
    await plain.close();
  }
  standIn.signedIn = true;
  console.log(faults.length > 0 ? `faults:\n${[...new Set(faults)].join("\n")}` : "no fault, no report of the policy");
  process.exit(0);
}
