import { useEffect } from "react";
import { settings } from "../stores/session.ts";

/** Every shortcut, with what it does. None needs a combination that a browser keeps for itself; all can be changed in the settings. */
export const shortcuts = [
  { id: "command-bar", keys: "Ctrl+K", does: "Search, or do anything", where: "everywhere, terminals included" },
  { id: "shortcuts", keys: "Ctrl+/", does: "This list (also ?, outside a terminal)", where: "everywhere" },
  { id: "leader", keys: "Ctrl+Shift+Space", does: "Begin a terminal command", where: "in terminals" },
] as const;

export type ShortcutId = (typeof shortcuts)[number]["id"];

/** What follows the leader. */
export const chords = [
  { key: "t", does: "New terminal in a tab" },
  { key: "v", does: "Split to the right" },
  { key: "s", does: "Split downwards" },
  { key: "z", does: "Zoom this pane, or back" },
  { key: "arrows", does: "Move to the pane there" },
  { key: "< >", does: "Move the divider" },
  { key: "n", does: "Next tab" },
  { key: "p", does: "Previous tab" },
  { key: "1-9", does: "Tab with that number" },
  { key: "[ ]", does: "Move this tab left or right" },
  { key: "r", does: "Rename the terminal" },
  { key: "f", does: "Search in the history" },
  { key: "w", does: "All terminals of the workspace" },
  { key: "x", does: "Close this pane; the terminal goes on" },
] as const;

export function keysOf(id: ShortcutId): string {
  const chosen = settings.get().value.keys[id];
  return chosen && /\+/.test(chosen) ? chosen : shortcuts.find((one) => one.id === id)!.keys;
}

/** `Ctrl+Shift+Space` of a key event. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.code === "Space" ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.metaKey && "Meta", event.shiftKey && "Shift", key].filter(Boolean).join("+");
}

export const pressed = (event: KeyboardEvent, id: ShortcutId): boolean => nameOf(event) === keysOf(id) || (id === "command-bar" && nameOf(event) === keysOf(id).replace("Ctrl", "Meta"));

export function useGlobalKeys(actions: { commandBar: () => void; shortcuts: () => void }): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.closest("input, textarea, select, [contenteditable], .xterm") !== null;
      if (pressed(event, "command-bar")) {
        event.preventDefault();
        event.stopPropagation();
        actions.commandBar();
      } else if (pressed(event, "shortcuts") || (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey)) {
        event.preventDefault();
        actions.shortcuts();
      }
    };
    // In the capture phase: a focused terminal keeps all keys but these.
    window.addEventListener("keydown", down, true);
    return () => window.removeEventListener("keydown", down, true);
  });
}
