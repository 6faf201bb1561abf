import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";
import { Store } from "../stores/store.ts";
import { toast } from "../shell/toasts.tsx";
import { pressed } from "../shell/keys.ts";
import { guardWrites } from "./guard.ts";
import { dialTerminal } from "./links.ts";
import { asksFirst, cleanPaste, clipboardWrite, linkTarget } from "./paste.ts";
import { swallowQueries } from "./queries.ts";
import { type Screen, type SessionState, TerminalSession } from "./session.ts";
import { styleSafeDocument, withSafeStyles } from "./styles.ts";
import { type Appearance, themeOf } from "./themes.ts";

export interface ViewEvents {
  /** Several lines for a program that would run them at once. */
  askPaste(text: string, paste: () => void): void;
  files(files: File[]): void;
  focused(): void;
  /** An open view may type from now on, or may no longer. */
  switched(): void;
  leader(event: KeyboardEvent): void;
}

const encoder = new TextEncoder();
const firstLive = "terminal-live";

/** One terminal on the screen: xterm.js bound to a session. Lives as long as its page has the terminal open, also while no pane shows it. */
export class TerminalView {
  readonly host = document.createElement("div");
  readonly state: Store<SessionState>;
  readonly search = new SearchAddon();
  readonly hover = new Store<string | null>(null);
  private readonly term: Terminal;
  private readonly fitter = new FitAddon();
  private readonly session: TerminalSession;
  private readonly observer = new ResizeObserver(() => this.measure());
  private webgl: WebglAddon | null = null;
  private started = false;
  private appearance: Appearance;
  private modifier: { ctrl: boolean; alt: boolean } = { ctrl: false, alt: false };
  /** The key bar listens: a sticky key is used up by the next one. */
  readonly sticky = new Store<{ ctrl: boolean; alt: boolean }>({ ctrl: false, alt: false });
  private readonly events: ViewEvents;

  constructor(terminal: string, appearance: Appearance, events: ViewEvents) {
    this.events = events;
    this.appearance = appearance;
    this.host.className = "terminal-host";
    // For tests in a browser: a canvas can't be read.
    Object.assign(this.host, { screenText: () => this.text() });
    this.term = new Terminal({
      allowProposedApi: true,
      documentOverride: styleSafeDocument(),
      scrollback: 10_000,
      customGlyphs: true,
      macOptionIsMeta: false,
      rightClickSelectsWord: false,
      linkHandler: {
        activate: (_, text) => this.open(text),
        hover: (_, text) => this.hover.set(text),
        leave: () => this.hover.set(null),
        allowNonHttpProtocols: true,
      },
    });
    this.term.loadAddon(this.fitter);
    this.term.loadAddon(this.search);
    this.term.loadAddon(new Unicode11Addon());
    this.term.unicode.activeVersion = "11";
    this.term.loadAddon(new WebLinksAddon((_, text) => this.open(text), { hover: (_, text) => this.hover.set(text), leave: () => this.hover.set(null) }));
    swallowQueries(this.term);
    guardWrites(this.term, () => this.session.redraw());
    this.term.parser.registerOscHandler(52, (data) => this.clipboard(data));
    const screen: Screen = {
      write: (bytes, rendered) => this.term.write(bytes, rendered),
      resize: (columns, rows) =>
        this.term.write("", () => {
          if (this.term.cols !== columns || this.term.rows !== rows) this.term.resize(columns, rows);
        }),
    };
    this.session = new TerminalSession({
      dial: dialTerminal(terminal),
      screen,
      clock: { now: () => Math.round(performance.now()), after: (wait, action) => ((timer) => () => clearTimeout(timer))(setTimeout(action, wait)) },
      changed: () => this.follow(),
    });
    this.state = new Store(this.session.state);
    this.term.onData((data) => this.send(data));
    this.term.onBinary((data) => this.session.type(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    this.term.attachCustomKeyEventHandler((event) => this.key(event));
    this.host.addEventListener("paste", this.paste, true);
    this.host.addEventListener("focusin", () => this.events.focused());
    this.host.addEventListener("dragover", (event) => event.preventDefault());
    this.host.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) this.events.files([...event.dataTransfer.files]);
    });
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
  }

  /** Shows it in a pane. What no pane shows costs no drawing. */
  attach(pane: HTMLElement): void {
    pane.append(this.host);
    this.observer.observe(this.host);
    if (!this.started) {
      this.started = true;
      withSafeStyles(() => this.term.open(this.host));
      this.dress(this.appearance);
      void document.fonts.load(`14px "${this.appearance.font}"`).finally(() => {
        // Measured only now: the width of a cell is the font's.
        this.dress(this.appearance);
        const size = this.fitter.proposeDimensions();
        this.session.start(this.sane(size?.cols, 80, 2, 1000), this.sane(size?.rows, 24, 1, 500));
      });
    }
    this.loadWebgl();
    this.measure();
  }

  detach(): void {
    this.observer.disconnect();
    this.webgl?.dispose();
    this.webgl = null;
    this.host.remove();
  }

  dispose(): void {
    this.detach();
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.session.dispose();
    this.term.dispose();
  }

  dress(appearance: Appearance): void {
    this.appearance = appearance;
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (document.documentElement.dataset["theme"] !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = themeOf(appearance.theme === "system" ? undefined : appearance.theme, dark);
    Object.assign(this.term.options, {
      theme,
      fontFamily: `"${appearance.font}", monospace`,
      fontSize: appearance.fontSize,
      cursorBlink: appearance.cursorBlink && !matchMedia("(prefers-reduced-motion: reduce)").matches,
      minimumContrastRatio: appearance.minimumContrast,
      screenReaderMode: appearance.screenReader,
    });
    this.host.style.background = theme["background"]!;
    this.measure();
  }

  focus(): void {
    this.term.focus();
  }

  /** Keys, with what the key bar's sticky keys add to them. */
  send(data: string): void {
    const { ctrl, alt } = this.modifier;
    if (data.length === 1 && (ctrl || alt)) {
      if (ctrl && /[@-_a-z ]/i.test(data)) data = String.fromCharCode(data.toUpperCase().charCodeAt(0) & 31);
      if (alt) data = `\x1b${data}`;
      this.hold({ ctrl: false, alt: false });
    }
    this.session.type(encoder.encode(data));
  }

  hold(modifier: { ctrl: boolean; alt: boolean }): void {
    this.modifier = modifier;
    this.sticky.set(modifier);
  }

  /** An arrow of the key bar, in the form that the program asked for. */
  arrow(final: "A" | "B" | "C" | "D" | "H" | "F"): void {
    this.send(`${this.term.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b["}${final}`);
  }

  pasteText(text: string): void {
    const clean = cleanPaste(text);
    if (clean === "") return;
    const paste = () => this.session.type(encoder.encode(this.term.modes.bracketedPasteMode ? `\x1b[200~${clean}\x1b[201~` : clean));
    if (asksFirst(clean, this.term.modes.bracketedPasteMode)) this.events.askPaste(clean, paste);
    else paste();
  }

  takeSize = (): void => this.session.takeSize();
  dismiss = (what: "missed" | "notice" | "inputLost"): void => this.session.dismiss(what);
  retryNow = (): void => this.session.hurry();
  scrollToBottom = (): void => this.term.scrollToBottom();

  private text(): string {
    const { active } = this.term.buffer;
    const lines = Array.from({ length: active.length }, (_, index) => active.getLine(index)!);
    return lines.map((line, index) => `${line.isWrapped || index === 0 ? "" : "\n"}${line.translateToString(!lines[index + 1]?.isWrapped)}`).join("");
  }

  private readonly hurry = () => {
    if (document.visibilityState === "visible") this.session.hurry();
  };

  private readonly paste = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) this.events.files(files);
    else this.pasteText(event.clipboardData?.getData("text/plain") ?? "");
  };

  private key(event: KeyboardEvent): boolean {
    if (pressed(event, "command-bar") || pressed(event, "shortcuts")) return false;
    if (pressed(event, "leader")) {
      if (event.type === "keydown") {
        event.preventDefault();
        this.events.leader(event);
      }
      return false;
    }
    if (event.type !== "keydown" || /Mac/.test(navigator.platform)) return true;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    // Where something is selected Ctrl+C copies it; else it interrupts.
    if (control && event.code === "KeyC" && this.term.hasSelection()) {
      navigator.clipboard.writeText(this.term.getSelection()).catch(() => toast({ kind: "info", text: "The browser did not allow copying." }));
      this.term.clearSelection();
      event.preventDefault();
      return false;
    }
    // Left to the browser, whose paste event then comes here.
    return !(control && event.code === "KeyV");
  }

  private clipboard(data: string): boolean {
    const text = clipboardWrite(data);
    if (text === null || !this.appearance.clipboard || !document.hasFocus() || !this.host.isConnected) return true;
    navigator.clipboard.writeText(text).then(
      () => toast({ kind: "good", text: `The program copied ${text.length} characters to your clipboard.` }),
      () => toast({ kind: "info", text: "The program wanted to copy something; the browser did not allow it." }),
    );
    return true;
  }

  private open(text: string): void {
    const url = linkTarget(text);
    if (!url) return toast({ kind: "info", text: "Only web addresses open from a terminal." });
    if (["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return toast({ kind: "info", text: `${url.host} is inside the workspace, not on your machine. Previews of its ports are not there yet.` });
    window.open(url, "_blank", "noopener,noreferrer");
  }

  private measure(): void {
    if (!this.started || !this.host.isConnected || this.host.clientWidth === 0) return;
    const size = this.fitter.proposeDimensions();
    if (size && Number.isFinite(size.cols) && Number.isFinite(size.rows)) this.session.fit(size.cols, size.rows);
  }

  private loadWebgl(): void {
    if (this.webgl) return;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        // The screen is drawn by the DOM from here on; its content is xterm.js', so nothing of it is lost.
        webgl.dispose();
        if (this.webgl === webgl) this.webgl = null;
      });
      this.term.loadAddon(webgl);
      this.webgl = webgl;
    } catch {
      // No WebGL 2 in this browser: the DOM draws.
      this.webgl = null;
    }
  }

  private follow(): void {
    const state = this.session.state;
    this.term.options.disableStdin = state.phase !== "connecting" && (state.phase !== "live" || state.mode !== "write");
    // From the page's first byte to a terminal that can be typed into: measured in e2e/terminal.test.ts.
    if (state.phase === "live" && performance.getEntriesByName(firstLive).length === 0) performance.mark(firstLive);
    const before = this.state?.get();
    this.state?.set(state);
    if (before?.phase === "live" && state.phase === "live" && before.mode !== state.mode) this.events.switched();
  }

  private sane(value: number | undefined, otherwise: number, low: number, high: number): number {
    return value !== undefined && value >= low && value <= high ? value : otherwise;
  }
}
