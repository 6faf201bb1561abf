import { useEffect, useMemo, useRef, useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Problem, Terminal, Workspace } from "../api/types.ts";
import { Button } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { Icon } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { address } from "../router/routes.ts";
import { Link, navigate } from "../router/router.tsx";
import { usePageActions } from "../shell/actions.ts";
import { useNarrow } from "../shell/narrow.ts";
import { toast } from "../shell/toasts.tsx";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { askAgain } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { loadTerminals, openTerminal } from "../workspaces/calls.ts";
import { Chord } from "./chord.tsx";
import { CommandLink } from "./command-link.tsx";
import { KeyBar } from "./key-bar.tsx";
import * as layouts from "./layout.ts";
import { Pane, Split } from "./panes.tsx";
import { visible } from "./paste.ts";
import { Picker } from "./picker.tsx";
import { TabBar } from "./tab-bar.tsx";
import { Uploads, useUploads } from "./uploads.tsx";
import { useLayout } from "./use-layout.ts";
import { useViews } from "./use-views.ts";
import { CloseTab, Rename } from "./window-dialogs.tsx";

type Asked = { kind: "picker" } | { kind: "rename"; terminal: Terminal } | { kind: "close"; tab: number } | { kind: "end"; terminal: Terminal } | { kind: "paste"; text: string; paste: () => void };

/** The terminals of one workspace: tabs of panes, as they were left, on any device. */
export function Window({ workspace, wanted, write }: { workspace: Workspace; wanted: string | null; write: boolean }) {
  const { terminals } = useStore(objects);
  const listed = useLoad(`window ${workspace.id}`, (signal) => loadTerminals(workspace.id, signal));
  const mine = useMemo(() => [...terminals.values()].filter((one) => one.workspace === workspace.id).sort((a, b) => a.created.localeCompare(b.created)), [terminals, workspace.id]);
  const [layout, change] = useLayout(workspace.id, listed.data !== null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [chord, setChord] = useState(false);
  const [searching, setSearching] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const uploads = useUploads(workspace.id);
  const ref = useRef({ layout, mine });
  ref.current = { layout, mine };

  const views = useViews({
    focused: (id) => change((before) => (layouts.activeTab(before)?.focus === id ? before : layouts.focusPane(before, id))),
    askPaste: (text, paste) => setAsked({ kind: "paste", text, paste }),
    files: (files, view) => (write ? uploads.add(files, (path) => view.pasteText(path)) : toast({ kind: "info", text: "You may look at this terminal, not put files into it." })),
    // It may be a role that was given or taken, by which this page's own buttons go.
    switched: () => void askAgain().catch((error: unknown) => toast({ kind: "bad", text: `What you may do here has changed. Load this page again to see it all: ${asProblem(error).detail}` })),
    leader: () => setChord(true),
  });

  // Terminals that left the workspace leave the window; the first visit shows what runs.
  const ready = layout !== null && listed.data !== null;
  useEffect(() => {
    if (!ready) return;
    const alive = new Set(mine.map((one) => one.id));
    change((before) => {
      const next = layouts.reconcile(before, alive);
      return next.tabs.length > 0 ? next : mine.slice(0, layouts.maxTabs).reduce((all, one) => layouts.addTab(all, one.id), next);
    });
    views.keep(alive);
  }, [ready, mine, change, views]);
  const tab = layout ? layouts.activeTab(layout) : null;
  // On a phone there is room for one pane; touching its tab again goes on to the next.
  const narrow = useNarrow();
  const show = (index: number) =>
    change((before) => (narrow && index === before.active ? layouts.focusNext(before) : layouts.showTab(before, index)));
  const focused = tab?.focus ?? null;
  // An address that is new leads: its terminal is shown. Else the address follows what is shown.
  const led = useRef<string | null>(null);
  useEffect(() => {
    if (!ready) return;
    const leads = wanted !== null && wanted !== led.current && ref.current.mine.some((one) => one.id === wanted);
    led.current = wanted;
    if (focused === wanted) return;
    if (leads) change((before) => layouts.addTab(before, wanted));
    else if (focused) navigate(`${address.terminals(workspace.owner.address, workspace.name, focused)}${location.search}`, { replace: true });
  }, [ready, wanted, focused, change]);
  useEffect(() => {
    if (focused && !asked && searching === null) views.peek(focused)?.focus();
  }, [focused, layout?.active, asked, searching, tab?.zoom]);

  const create = async (place: (layout: layouts.Layout, id: string) => layouts.Layout, label?: string): Promise<string | null> => {
    if (!write || busy) return null;
    setBusy(true);
    setProblem(null);
    try {
      const made = await openTerminal(workspace.id, { columns: 80, rows: 24, ...(label ? { label } : {}) });
      change((before) => place(before, made.id));
      return made.id;
    } catch (error) {
      setProblem(asProblem(error));
      return null;
    } finally {
      setBusy(false);
    }
  };
  const inTab = () => void create(layouts.addTab);
  const splitTo = (direction: "row" | "column") => {
    if (tab && layouts.terminalsOf(tab.root).length >= layouts.maxPanes) toast({ kind: "info", text: `A tab has at most ${layouts.maxPanes} panes.` });
    else void create((before, id) => layouts.split(before, direction, id));
  };
  const rename = (id: string | null) => {
    const terminal = mine.find((one) => one.id === id);
    if (terminal) setAsked({ kind: "rename", terminal });
  };
  // The first terminal of a running workspace opens by itself: it is what one comes here for.
  const opened = useRef(false);
  useEffect(() => {
    if (!ready || opened.current || !write) return;
    opened.current = true;
    if (mine.length === 0 && !new URLSearchParams(location.search).has("command")) inTab();
  });

  const noWrite = write ? null : "You may look at this workspace, not open terminals in it.";
  usePageActions([
    ...(write
      ? [
          { id: "new", text: "New terminal", icon: "plus" as const, keys: "t", run: inTab },
          { id: "right", text: "Split to the right", icon: "splitRight" as const, keys: "v", run: () => splitTo("row") },
          { id: "down", text: "Split downwards", icon: "splitDown" as const, keys: "s", run: () => splitTo("column") },
        ]
      : []),
    { id: "zoom", text: "Zoom this pane, or back", icon: "zoom", keys: "z", run: () => change(layouts.toggleZoom) },
    { id: "find", text: "Search in the history", icon: "search", keys: "f", run: () => setSearching(focused) },
    { id: "pick", text: "All terminals of this workspace", icon: "list", keys: "w", run: () => setAsked({ kind: "picker" }) },
    { id: "rename", text: "Rename this terminal", icon: "edit", keys: "r", run: () => rename(focused) },
    { id: "workspace", text: "To the workspace's page", icon: "back", run: () => navigate(address.workspace(workspace.owner.address, workspace.name)) },
  ]);

  const commands: Record<string, () => void> = {
    t: inTab,
    v: () => splitTo("row"),
    s: () => splitTo("column"),
    z: () => change(layouts.toggleZoom),
    n: () => change((before) => layouts.cycleTab(before, 1)),
    p: () => change((before) => layouts.cycleTab(before, -1)),
    "[": () => change((before) => layouts.moveTab(before, before.active, before.active - 1)),
    "]": () => change((before) => layouts.moveTab(before, before.active, before.active + 1)),
    "<": () => change((before) => layouts.nudgeDivider(before, -0.05)),
    ">": () => change((before) => layouts.nudgeDivider(before, 0.05)),
    r: () => rename(focused),
    f: () => setSearching(focused),
    w: () => setAsked({ kind: "picker" }),
    x: () => focused && change((before) => layouts.closePane(before, focused)),
    ArrowLeft: () => change((before) => layouts.moveFocus(before, "left")),
    ArrowRight: () => change((before) => layouts.moveFocus(before, "right")),
    ArrowUp: () => change((before) => layouts.moveFocus(before, "up")),
    ArrowDown: () => change((before) => layouts.moveFocus(before, "down")),
  };
  const act = (key: string) => {
    setChord(false);
    if (/^[1-9]$/.test(key)) change((before) => layouts.showTab(before, Number(key) - 1));
    else if (Object.hasOwn(commands, key)) commands[key]!();
    if (!/^[rfw]$/.test(key)) requestAnimationFrame(() => views.peek(layouts.activeTab(ref.current.layout ?? layouts.empty)?.focus ?? "")?.focus());
  };

  if (listed.problem && !listed.data)
    return (
      <div className="page narrow">
        <ProblemNotice problem={listed.problem} onRetry={listed.reload} />
      </div>
    );
  if (!layout || !listed.data) return <div className="loading" role="status" aria-label="Loading" />;

  const paneOf = (id: string, alone: boolean) => {
    const terminal = mine.find((one) => one.id === id);
    if (!terminal) return null;
    return (
      <Pane
        key={id}
        terminal={terminal}
        view={views.of(id)}
        focused={focused === id}
        alone={alone}
        zoomed={tab?.zoom ?? false}
        searching={searching === id}
        onSearch={(on) => setSearching(on ? id : null)}
        onZoom={() => change((before) => layouts.toggleZoom(layouts.focusPane(before, id)))}
        onSplit={write ? splitTo : null}
        onRename={() => rename(id)}
        onClose={() => change((before) => layouts.closePane(before, id))}
        onAgain={() => void create((before, next) => layouts.replacePane(before, id, next), terminal.label)}
      />
    );
  };
  return (
    <div className="window">
      <div className="window-bar">
        <Link href={address.workspace(workspace.owner.address, workspace.name)} className="window-back" aria-label={`To the workspace ${workspace.title || workspace.name}`} title="To the workspace">
          <Icon name="back" size={16} />
          <span className="clip">{workspace.title || workspace.name}</span>
        </Link>
        <TabBar
          layout={layout}
          terminals={mine}
          onePane={narrow}
          onShow={show}
          onMove={(from, to) => change((before) => layouts.moveTab(before, from, to))}
          onRename={rename}
          onClose={(index) => setAsked({ kind: "close", tab: index })}
        />
        <Button look="quiet" icon="plus" iconOnly busy={busy} unavailable={noWrite ?? (layout.tabs.length >= layouts.maxTabs ? `A window has at most ${layouts.maxTabs} tabs.` : null)} onClick={inTab} title="New terminal">
          New terminal
        </Button>
        <Button look="quiet" icon="list" iconOnly onClick={() => setAsked({ kind: "picker" })} title="All terminals of this workspace">
          All terminals of this workspace
        </Button>
      </div>
      {problem && (
        <div className="window-problem">
          <ProblemNotice problem={problem} title="No new terminal" />
          <Button look="quiet" icon="cross" iconOnly onClick={() => setProblem(null)}>
            Close this message
          </Button>
        </div>
      )}
      <div className="window-panes">
        {tab ? (
          tab.zoom || narrow ? (
            paneOf(tab.focus, false)
          ) : (
            <Split node={tab.root} path="" pane={(id) => paneOf(id, tab.root.kind === "pane")} onShare={(path, share) => change((before) => layouts.setShare(before, path, share))} />
          )
        ) : (
          <div className="window-empty">
            <h2>No terminal is shown</h2>
            <p className="soft">{mine.length > 0 ? `${mine.length} go on in the workspace.` : "None is open in this workspace."}</p>
            <div className="row">
              <Button look="primary" icon="plus" busy={busy} unavailable={noWrite} onClick={inTab}>
                New terminal
              </Button>
              {mine.length > 0 && (
                <Button icon="list" onClick={() => setAsked({ kind: "picker" })}>
                  Choose one
                </Button>
              )}
            </div>
          </div>
        )}
      </div>
      {focused && write && views.peek(focused) && <KeyBar view={views.peek(focused)!} />}
      <Uploads uploads={uploads} />
      {chord && <Chord onKey={act} onClose={() => setChord(false)} />}
      {asked?.kind === "picker" && (
        <Picker
          terminals={mine}
          shown={new Set(layout.tabs.flatMap((one) => layouts.terminalsOf(one.root)))}
          write={write}
          onPick={(id) => {
            setAsked(null);
            change((before) => layouts.addTab(before, id));
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.kind === "rename" && <Rename terminal={asked.terminal} onClose={() => setAsked(null)} />}
      {asked?.kind === "close" && (
        <CloseTab
          terminals={mine.filter((one) => layout.tabs[asked.tab] && layouts.terminalsOf(layout.tabs[asked.tab]!.root).includes(one.id))}
          write={write}
          onHide={() => {
            const panes = layouts.terminalsOf(layout.tabs[asked.tab]!.root);
            change((before) => panes.reduce(layouts.closePane, before));
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.kind === "paste" && (
        <Confirm
          title={`Paste ${asked.text.trimEnd().split("\r").length} lines?`}
          action="Paste"
          onClose={() => setAsked(null)}
          run={async () => asked.paste()}
        >
          <p>The program in this terminal can't tell a paste from typing: each line would run as soon as it arrives.</p>
          <pre className="raw">{visible(asked.text.replaceAll("\r", "\n")).slice(0, 4000)}</pre>
        </Confirm>
      )}
      {write && <CommandLink workspace={workspace} onRun={async (text) => {
        const id = await create(layouts.addTab);
        if (id) views.typeOnceLive(id, text);
      }} />}
      <p className="sr-only" role="status">
        {mine.find((one) => one.id === focused)?.label}
      </p>
    </div>
  );
}
