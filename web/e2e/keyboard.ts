import type { Page } from "playwright-core";

interface Stop {
  name: string;
  seen: boolean;
}

/** What has the focus, by the name that a screen reader says, and whether a person sees that it has it. */
const focused = (page: Page): Promise<Stop> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
    // Past the last stop the browser's own bar comes.
    if (element === document.body) return { name: "", seen: true };
    const style = getComputedStyle(element);
    const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText ?? "";
    return { name: name.replace(/\s+/g, " ").trim(), seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none" };
  });

/** Presses Tab until something of that name has the focus. Throws where it is never reached, or where some stop on the way can't be seen. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const way: string[] = [];
  for (let n = 0; n < 100; n++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    way.push(stop.name);
    if (stop.name !== "" && !stop.seen) throw new Error(`the focus on “${stop.name}” can't be seen`);
    if (typeof name === "string" ? stop.name === name : name.test(stop.name)) return;
  }
  throw new Error(`Tab never reaches ${String(name)}: ${way.join(" | ")}`);
}
