import { useRef } from "react";
import { useStore } from "../stores/store.ts";
import type { TerminalView } from "./view.ts";

/** Keys that phones don't have. Shown where the pointer is coarse; holding a key repeats it. */
export function KeyBar({ view }: { view: TerminalView }) {
  const sticky = useStore(view.sticky);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  const release = () => {
    clearTimeout(timer.current);
    clearInterval(timer.current);
  };
  const key = (text: string, name: string, press: () => void) => (
    <button
      key={name}
      type="button"
      aria-label={name}
      onPointerDown={(event) => {
        // Focus stays in the terminal, and with it the on-screen keyboard as it is.
        event.preventDefault();
        press();
        timer.current = setTimeout(() => {
          timer.current = setInterval(press, 60);
        }, 400);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={release}
      onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && press()}
    >
      {text}
    </button>
  );
  return (
    <div className="key-bar" role="toolbar" aria-label="Keys">
      {key("Esc", "Escape", () => view.send("\x1b"))}
      {key("Tab", "Tab", () => view.send("\t"))}
      {key("⇤", "Shift and Tab", () => view.send("\x1b[Z"))}
      <button type="button" aria-pressed={sticky.ctrl} onPointerDown={(event) => (event.preventDefault(), view.hold({ ...sticky, ctrl: !sticky.ctrl }))}>
        Ctrl
      </button>
      <button type="button" aria-pressed={sticky.alt} onPointerDown={(event) => (event.preventDefault(), view.hold({ ...sticky, alt: !sticky.alt }))}>
        Alt
      </button>
      {key("←", "Left", () => view.arrow("D"))}
      {key("↓", "Down", () => view.arrow("B"))}
      {key("↑", "Up", () => view.arrow("A"))}
      {key("→", "Right", () => view.arrow("C"))}
      {key("Home", "Home", () => view.arrow("H"))}
      {key("End", "End", () => view.arrow("F"))}
      {["/", "-", "~", "|"].map((character) => key(character, character, () => view.send(character)))}
    </div>
  );
}
