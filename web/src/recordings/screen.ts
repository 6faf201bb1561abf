import { Terminal } from "@xterm/xterm";
import { swallowQueries } from "../terminal/queries.ts";
import { guardWrites } from "../terminal/guard.ts";
import { styleSafeDocument, withSafeStyles } from "../terminal/styles.ts";
import { type Appearance, themeOf } from "../terminal/themes.ts";
import type { PlayerScreen } from "./player.ts";

/** Where a recording is drawn: a terminal that takes no keys, in the recording's size and as large as its place. */
export class ReplayScreen implements PlayerScreen {
  private readonly term: Terminal;
  private readonly place: HTMLElement;
  private readonly observer = new ResizeObserver(() => this.fit());

  constructor(place: HTMLElement, appearance: Appearance) {
    this.place = place;
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (document.documentElement.dataset["theme"] !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = themeOf(appearance.theme === "system" ? undefined : appearance.theme, dark);
    this.term = new Terminal({
      allowProposedApi: true, documentOverride: styleSafeDocument(), disableStdin: true, scrollback: 10_000, theme, fontFamily: `"${appearance.font}", monospace`, fontSize: appearance.fontSize,
      minimumContrastRatio: appearance.minimumContrast, screenReaderMode: appearance.screenReader, cursorBlink: false,
    });
    swallowQueries(this.term);
    // What can't be drawn is left out; the next seek draws the screen as the server has it.
    guardWrites(this.term, () => undefined);
    place.style.background = theme["background"]!;
    withSafeStyles(() => this.term.open(place));
    this.observer.observe(place);
    // For tests in a browser: a canvas can't be read.
    Object.assign(place, { screenText: () => this.text() });
  }

  reset(): void {
    this.term.reset();
  }

  write(text: string): void {
    this.term.write(text);
  }

  resize(columns: number, rows: number): void {
    this.term.write("", () => {
      this.term.resize(Math.max(2, Math.min(1000, columns)), Math.max(1, Math.min(500, rows)));
      this.fit();
    });
  }

  dispose(): void {
    this.observer.disconnect();
    this.term.dispose();
  }

  /** The widest text that shows all columns, between 6 and 18 px. */
  private fit(): void {
    const width = this.place.clientWidth - 24;
    const size = Math.floor((width / (this.term.cols * 0.6)) * 2) / 2;
    if (width > 0) this.term.options.fontSize = Math.max(6, Math.min(18, size));
  }

  private text(): string {
    const { active } = this.term.buffer;
    return Array.from({ length: active.length }, (_, line) => active.getLine(line)?.translateToString(true) ?? "").join("\n");
  }
}
