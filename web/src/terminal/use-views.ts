import { useEffect, useRef, useState } from "react";
import { settings } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { appearanceOf } from "./themes.ts";
import { TerminalView } from "./view.ts";

interface Actions {
  focused(id: string): void;
  askPaste(text: string, paste: () => void): void;
  files(files: File[], view: TerminalView): void;
  switched(): void;
  leader(): void;
}

/** The views of a window by terminal: made when a pane first shows one, kept while hidden, ended with the window or with their terminal. */
class Views {
  private readonly all = new Map<string, TerminalView>();
  private readonly actions: { current: Actions };

  constructor(actions: { current: Actions }) {
    this.actions = actions;
  }

  of(id: string): TerminalView {
    const known = this.all.get(id);
    if (known) return known;
    const view: TerminalView = new TerminalView(id, appearanceOf(settings.get().value.terminal), {
      askPaste: (text, paste) => this.actions.current.askPaste(text, paste),
      files: (files) => this.actions.current.files(files, view),
      switched: () => this.actions.current.switched(),
      focused: () => this.actions.current.focused(id),
      leader: () => this.actions.current.leader(),
    });
    this.all.set(id, view);
    return view;
  }

  peek(id: string): TerminalView | undefined {
    return this.all.get(id);
  }

  dress(): void {
    for (const view of this.all.values()) view.dress(appearanceOf(settings.get().value.terminal));
  }

  /** Ends the views of terminals that are gone. */
  keep(alive: ReadonlySet<string>): void {
    for (const [id, view] of this.all) {
      if (alive.has(id)) continue;
      view.dispose();
      this.all.delete(id);
    }
  }

  /** Types into a terminal that was just made: a view keeps early keys until it is connected. */
  typeOnceLive(id: string, text: string): void {
    this.of(id).send(`${text}\r`);
  }
}

export function useViews(actions: Actions): Views {
  const current = useRef(actions);
  current.current = actions;
  const [views] = useState(() => new Views(current));
  const { value } = useStore(settings);
  useEffect(() => views.dress(), [views, value]);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => views.dress();
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [views]);
  useEffect(() => () => views.keep(new Set()), [views]);
  return views;
}
