import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Me } from "../api/types.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { address } from "../router/routes.ts";
import { navigate } from "../router/router.tsx";
import { best } from "../search/fuzzy.ts";
import { objects } from "../stores/objects.ts";
import { changeSettings, may } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { listWorkspaces } from "../workspaces/calls.ts";
import { lookOf } from "../workspaces/state.tsx";
import { pageActions } from "./actions.ts";

interface Entry {
  id: string;
  text: string;
  more: string;
  icon: IconName;
  keys?: string | undefined;
  find: string;
  run: () => void;
}

export function CommandBar({ me, onClose, onShortcuts }: { me: Me; onClose: () => void; onShortcuts: () => void }) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const ref = useRef<HTMLDialogElement>(null);
  const { workspaces, terminals } = useStore(objects);
  const actions = useStore(pageActions);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current!.showModal();
    return () => before?.focus();
  }, []);
  // What the server knows beyond what was loaded: asked once a rest of typing is over.
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => void listWorkspaces({ search: query.replaceAll(":", " "), limit: 20, signal: abort.signal }).catch(() => undefined), 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query]);
  const entries = useMemo(() => {
    const make = (id: string, text: string, more: string, icon: IconName, run: () => void, keys?: string): Entry => ({ id, text, more, icon, run, keys, find: `${text} ${more}`.toLowerCase() });
    const list: Entry[] = actions.map((action) => make(`action ${action.id}`, action.text, "this page", action.icon, action.run, action.keys));
    for (const workspace of workspaces.values()) {
      const { owner, name } = workspace;
      list.push(make(`w ${workspace.id}`, workspace.title || name, `${owner.address}/${name}, ${lookOf(workspace.observed).word.toLowerCase()}`, "list", () => navigate(address.workspace(owner.address, name))));
    }
    for (const terminal of terminals.values()) {
      const workspace = workspaces.get(terminal.workspace);
      if (workspace) list.push(make(`t ${terminal.id}`, terminal.label, `terminal of ${workspace.name}`, "terminal", () => navigate(address.terminals(workspace.owner.address, workspace.name, terminal.id))));
    }
    const page = (text: string, icon: IconName, href: string) => list.push(make(`page ${href}`, text, "page", icon, () => navigate(href)));
    page("Home", "home", "/");
    page("All workspaces", "list", "/workspaces");
    if (may(me, "workspaces:create")) page("New workspace", "plus", "/new");
    if (may(me, "recordings:read")) page("Recordings", "record", "/recordings");
    if (may(me, "health:read")) page("Health", "health", "/health");
    if (may(me, "users:read") && me.mode !== "local") page("People", "users", "/admin/users");
    for (const section of ["appearance", "terminal", "keys", "workspaces", "sessions", "tokens"]) page(`Settings: ${section}`, "settings", `/settings/${section}`);
    page("First steps", "info", "/welcome");
    for (const theme of ["light", "dark", "system"] as const)
      list.push(make(`theme ${theme}`, `Theme: ${theme === "system" ? "as the system" : theme}`, "action", "settings", () => void changeSettings((value) => ({ ...value, theme }))));
    list.push(make("shortcuts", "Shortcuts", "list", "keyboard", onShortcuts, "Ctrl+/"));
    return list;
  }, [actions, workspaces, terminals, me, onShortcuts]);
  const shown = useMemo(() => best(query, entries, (entry) => entry.find, 12), [query, entries]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((index) => (shown.length === 0 ? 0 : (index + step + shown.length) % shown.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(shown[chosen]);
    }
  };
  return (
    <dialog
      ref={ref}
      className="command-bar"
      aria-label="Search or do anything"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="command-input">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="command-results"
          aria-activedescendant={shown[chosen] ? `command-${chosen}` : undefined}
          aria-label="Workspace, terminal, page or action"
          placeholder="Workspace, terminal, page or action"
          autoFocus
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={key}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id="command-results" role="listbox" aria-label="Results">
        {shown.map((entry, index) => (
          <li key={entry.id} id={`command-${index}`} role="option" aria-selected={index === chosen} onMouseMove={() => setChosen(index)} onClick={() => run(entry)}>
            <Icon name={entry.icon} />
            <span className="clip">{entry.text}</span>
            <span className="small faint clip grow">{entry.more}</span>
            {entry.keys && <kbd>{entry.keys}</kbd>}
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="command-none soft">Nothing here is called that.</p>}
    </dialog>
  );
}
