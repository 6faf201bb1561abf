import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });

/** A context whose pages tell what went wrong in them: errors, and reports of the content policy. */
export async function watched(browser: Browser, options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; faults: string[] }> {
  const context = await browser.newContext(options);
  // A crowded machine is slow, not wrong.
  context.setDefaultTimeout(90_000);
  const faults: string[] = [];
  await context.exposeFunction("tellFault", (text: string) => faults.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => (window as unknown as { tellFault: (text: string) => void }).tellFault(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}:${event.columnNumber} ${event.sample}`));
  });
  context.on("weberror", (error) => faults.push(`error: ${error.error().message}`));
  return { context, faults };
}

/** What axe finds that is serious or critical, in words. */
export async function serious(page: Page): Promise<string[]> {
  // Through the debugger: the page's own policy lets nobody put a script in, which is right.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return violations
      .filter((one) => one.impact === "serious" || one.impact === "critical")
      .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary.split("\n").slice(1, 3).join(" ").trim()})`).slice(0, 4).join("; ")}`);
  });
}

/** The text that a terminal shows, read from where a screen reader would: needs the screen-reader mode off, so from the model itself. */
export const terminalText = (page: Page, index = 0): Promise<string> =>
  page.evaluate((at) => {
    const host = document.querySelectorAll<HTMLElement & { screenText?: () => string }>(".terminal-host")[at];
    return host?.screenText?.() ?? "";
  }, index);

export async function until(what: string, check: () => Promise<boolean>, milliseconds = 90_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Texts that would run, escape or reorder somewhere if they were ever taken for more than text. */
export const attacks: readonly string[] = [
  "<script>hacked()</script>", "<img src=x onerror=hacked()>", "<svg onload=hacked()>", "\"><img src=x onerror=hacked()>", "'><script>hacked()</script>", "</title><script>hacked()</script>",
  "javascript:hacked()", "<a href=\"javascript:hacked()\">x</a>", "<iframe srcdoc=\"<script>parent.hacked()</script>\">", "<body onload=hacked()>", "<style>*{display:none}</style>",
  "<link rel=stylesheet href=//evil.example/x.css>", "<base href=//evil.example/>", "<meta http-equiv=refresh content=\"0;url=//evil.example\">", "<form action=//evil.example><input name=x>", "<math><mi xlink:href=\"javascript:hacked()\">x",
  "{{constructor.constructor('hacked()')()}}", "${hacked()}", "<%= hacked() %>", "__proto__", "constructor", "toString", "&lt;script&gt;hacked()&lt;/script&gt;", "&#60;script&#62;hacked()", "%3Cscript%3Ehacked()%3C/script%3E",
  "\u003cscript\u003ehacked()", "<!--<script>hacked()//-->", "<![CDATA[<script>hacked()]]>", "';hacked();//", "\";hacked();//", "`;hacked();//", "data:text/html,<script>hacked()</script>", "<object data=\"javascript:hacked()\">",
  "<embed src=\"javascript:hacked()\">", "<details open ontoggle=hacked()>", "<video><source onerror=hacked()>", "<input autofocus onfocus=hacked()>", "<marquee onstart=hacked()>", "a".repeat(60), "$(hacked)`hacked`;hacked|hacked",
];
