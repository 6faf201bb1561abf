import { useRef } from "react";
import type { Terminal } from "../api/types.ts";
import { Icon } from "../design/icon.tsx";
import { type Layout, terminalsOf } from "./layout.ts";

interface Props {
  layout: Layout;
  terminals: readonly Terminal[];
  /** Only the focused pane is shown, so the tab says which it is. */
  onePane: boolean;
  onShow: (index: number) => void;
  onMove: (from: number, to: number) => void;
  onRename: (terminal: string) => void;
  onClose: (index: number) => void;
}

export function TabBar({ layout, terminals, onePane, onShow, onMove, onRename, onClose }: Props) {
  const dragged = useRef<number | null>(null);
  return (
    <ul className="tab-bar" aria-label="Tabs">
      {layout.tabs.map((tab, index) => {
        const panes = terminalsOf(tab.root);
        const terminal = terminals.find((one) => one.id === tab.focus);
        const active = index === layout.active;
        return (
          <li
            key={panes[0]}
            className={`tab ${active ? "active" : ""}`}
            draggable
            onDragStart={() => (dragged.current = index)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => {
              if (dragged.current !== null) onMove(dragged.current, index);
              dragged.current = null;
            }}
          >
            <button
              type="button"
              className="tab-label"
              aria-current={active ? "true" : undefined}
              title={`${terminal?.label ?? "Terminal"}${terminal?.title ? `: ${terminal.title}` : ""}. Double-click or F2 renames.`}
              onClick={() => onShow(index)}
              onDoubleClick={() => onRename(tab.focus)}
              onKeyDown={(event) => event.key === "F2" && onRename(tab.focus)}
            >
              <Icon name={terminal?.state === "exited" ? "stopped" : "terminal"} size={14} />
              <span className="clip">{terminal?.label ?? "…"}</span>
              {panes.length > 1 && <span className="count">{onePane ? `${panes.indexOf(tab.focus) + 1} of ${panes.length}` : panes.length}</span>}
              {terminal?.state === "exited" && <span className="sr-only">ended</span>}
            </button>
            <button type="button" className="tab-close" aria-label={`Close the tab ${terminal?.label ?? ""}`} onClick={() => onClose(index)}>
              <Icon name="cross" size={12} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
