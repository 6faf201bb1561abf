import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Terminal } from "../api/types.ts";
import { Button } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { useStore } from "../stores/store.ts";
import type { Node } from "./layout.ts";
import { Overlay } from "./overlay.tsx";
import { SearchBar } from "./search-bar.tsx";
import type { TerminalView } from "./view.ts";
import { Viewers } from "./viewers.tsx";

export function Split({ node, path, pane, onShare }: { node: Node; path: string; pane: (terminal: string) => ReactNode; onShare: (path: string, share: number) => void }) {
  const ref = useRef<HTMLDivElement>(null);
  if (node.kind === "pane") return pane(node.terminal);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = ref.current!.getBoundingClientRect();
    onShare(path, node.direction === "row" ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height);
  };
  const key = (event: KeyboardEvent) => {
    const step = node.direction === "row" ? { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key] : { ArrowUp: -0.05, ArrowDown: 0.05 }[event.key];
    if (step) {
      event.preventDefault();
      onShare(path, node.share + step);
    }
  };
  return (
    <div ref={ref} className={`split ${node.direction === "row" ? "beside" : "below"}`}>
      <div className="split-part" style={{ flexGrow: node.share }}>
        <Split node={node.first} path={`${path}0`} pane={pane} onShare={onShare} />
      </div>
      <div
        className="divider"
        role="separator"
        tabIndex={0}
        aria-label="Divider between panes"
        aria-orientation={node.direction === "row" ? "vertical" : "horizontal"}
        aria-valuenow={Math.round(node.share * 100)}
        aria-valuemin={10}
        aria-valuemax={90}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onDoubleClick={() => onShare(path, 0.5)}
        onKeyDown={key}
      />
      <div className="split-part" style={{ flexGrow: 1 - node.share }}>
        <Split node={node.second} path={`${path}1`} pane={pane} onShare={onShare} />
      </div>
    </div>
  );
}

interface PaneProps {
  terminal: Terminal;
  view: TerminalView;
  focused: boolean;
  alone: boolean;
  zoomed: boolean;
  searching: boolean;
  onSearch: (on: boolean) => void;
  onZoom: () => void;
  onSplit: ((direction: "row" | "column") => void) | null;
  onRename: () => void;
  onClose: () => void;
  onAgain: () => void;
}

export function Pane({ terminal, view, focused, alone, zoomed, searching, onSearch, onZoom, onSplit, onRename, onClose, onAgain }: PaneProps) {
  const ref = useRef<HTMLDivElement>(null);
  const state = useStore(view.state);
  const [listing, setListing] = useState(false);
  const hover = useStore(view.hover);
  useEffect(() => {
    view.attach(ref.current!);
    if (focused) view.focus();
    return () => view.detach();
  }, [view]);
  const live = state.phase === "live";
  const viewers = live ? state.viewers : terminal.viewers;
  const framed = live && state.wish !== null && (state.wish.columns !== state.columns || state.wish.rows !== state.rows);
  return (
    <section className={`pane ${focused ? "focused" : ""} ${alone ? "alone" : ""} ${live ? "" : "away"}`} aria-label={`Terminal ${terminal.label}`} onFocus={(event) => event.target === event.currentTarget && view.focus()}>
      <header className="pane-head">
        <button type="button" className="pane-label" onDoubleClick={onRename} title="Double-click renames">
          <span className="clip">{terminal.label}</span>
          <span className="clip faint">{state.title && state.title !== terminal.label ? state.title : (terminal.process ?? "")}</span>
        </button>
        <span className="pane-facts small">
          {state.mode === "view" && live && (
            <span title="You may look, not type">
              <Icon name="lock" size={14} /> read only
            </span>
          )}
          {viewers > 1 && (
            <button type="button" className="pane-viewers" title={`${viewers} windows look at this terminal`} onClick={() => setListing(true)}>
              <Icon name="eye" size={14} /> {viewers}
              <span className="sr-only"> looking at {terminal.label}: who?</span>
            </button>
          )}
          {state.recording && (
            <span className="recording" title="What is shown here is recorded">
              <Icon name="record" size={14} /> recorded
            </span>
          )}
          {live && state.transport === "events" && <span title="WebSockets are blocked on the way; slower, nothing is lost">over events</span>}
          {state.roundTrip !== null && state.roundTrip > 60 && <span title="Round trip to the server">{state.roundTrip} ms</span>}
        </span>
        {framed && (
          <span className="pane-size small">
            <span>
              size of another window: {state.columns}×{state.rows}
            </span>
            {state.mode === "write" && (
              <Button look="quiet" onClick={view.takeSize}>
                Use mine
              </Button>
            )}
          </span>
        )}
        <span className="pane-tools">
          <Button look="quiet" icon="search" iconOnly onClick={() => onSearch(!searching)} title="Search in the history">
            Search in the history
          </Button>
          {onSplit && (
            <>
              <Button look="quiet" icon="splitRight" iconOnly onClick={() => onSplit("row")} title="Split to the right">
                Split to the right
              </Button>
              <Button look="quiet" icon="splitDown" iconOnly onClick={() => onSplit("column")} title="Split downwards">
                Split downwards
              </Button>
            </>
          )}
          {!alone && (
            <>
              <Button look="quiet" icon="zoom" iconOnly aria-pressed={zoomed} onClick={onZoom} title={zoomed ? "Back to all panes" : "Zoom this pane"}>
                {zoomed ? "Back to all panes" : "Zoom this pane"}
              </Button>
              <Button look="quiet" icon="cross" iconOnly onClick={onClose} title="Close this pane; the terminal goes on">
                Close this pane
              </Button>
            </>
          )}
        </span>
      </header>
      {listing && <Viewers terminal={terminal} count={viewers} onClose={() => setListing(false)} />}
      <div className="pane-body">
        <div ref={ref} className={`pane-screen ${framed ? "framed" : ""}`} />
        <Overlay state={state} view={view} terminal={terminal.id} label={terminal.label} onAgain={onAgain} onClose={onClose} />
        {searching && <SearchBar view={view} terminal={terminal.id} onClose={() => onSearch(false)} />}
        {hover && <div className="link-target small">{hover}</div>}
      </div>
    </section>
  );
}
