import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";

const part = (name: string): string => readFileSync(createRequire(import.meta.url).resolve(`asciinema-player/dist/bundle/${name}`), "utf8");

/** Plays a recording in the real asciinema-player, and gives the rows that it shows in the end, without spaces behind them. */
export async function playedBy(browser: Browser, cast: string): Promise<string[]> {
  const page = await browser.newPage();
  try {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.setContent('<div id="place"></div>');
    await page.addScriptTag({ content: part("asciinema-player.min.js") });
    await page.addStyleTag({ content: part("asciinema-player.css") });
    const rows = await page.evaluate(async (data) => {
      interface Playing {
        addEventListener(name: string, listener: () => void): void;
        play(): Promise<void>;
      }
      const { AsciinemaPlayer } = window as unknown as { AsciinemaPlayer: { create: (source: object, place: Element, options: object) => Playing } };
      const place = document.querySelector("#place")!;
      const playing = AsciinemaPlayer.create({ data }, place, { speed: 20, idleTimeLimit: 0.5, fit: false });
      await new Promise<void>((ended, failed) => {
        playing.addEventListener("ended", () => ended());
        playing.play().catch(failed);
      });
      // It has ended; what it shows of that is drawn with the next frames.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      return [...place.querySelectorAll(".ap-line")].map((line) => line.textContent!.trimEnd());
    }, cast);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return rows;
  } finally {
    await page.close();
  }
}
