/** Tabs and panes of one window, as the server keeps them for a person and a workspace. Pure: each change gives a new layout. */
export type Node = { kind: "pane"; terminal: string } | { kind: "split"; direction: "row" | "column"; share: number; first: Node; second: Node };

export interface Tab {
  root: Node;
  focus: string;
  zoom: boolean;
}

export interface Layout {
  version: 1;
  tabs: Tab[];
  active: number;
}

export type Side = "left" | "right" | "up" | "down";

export const maxTabs = 20;
export const maxPanes = 8;
export const empty: Layout = { version: 1, tabs: [], active: 0 };

export const terminalsOf = (node: Node): string[] => (node.kind === "pane" ? [node.terminal] : [...terminalsOf(node.first), ...terminalsOf(node.second)]);
export const activeTab = (layout: Layout): Tab | null => layout.tabs[layout.active] ?? null;

/** Reads what was saved. Another version, or anything that is no layout: null, and the window begins anew. */
export function readLayout(value: unknown): Layout | null {
  const node = (raw: unknown, depth: number): Node | null => {
    const one = raw as Partial<Record<string, unknown>> | null;
    if (typeof one !== "object" || one === null || depth > maxPanes) return null;
    if (one["kind"] === "pane") return typeof one["terminal"] === "string" ? { kind: "pane", terminal: one["terminal"] } : null;
    const first = node(one["first"], depth + 1);
    const second = node(one["second"], depth + 1);
    if (!first || !second || (one["direction"] !== "row" && one["direction"] !== "column")) return null;
    return { kind: "split", direction: one["direction"], share: clampShare(Number(one["share"])), first, second };
  };
  const raw = value as { version?: unknown; tabs?: unknown; active?: unknown } | null;
  if (typeof raw !== "object" || raw === null || raw.version !== 1 || !Array.isArray(raw.tabs)) return null;
  const tabs = raw.tabs.slice(0, maxTabs).flatMap((tab: { root?: unknown; focus?: unknown; zoom?: unknown }) => {
    const root = node(tab?.root, 0);
    if (!root) return [];
    const panes = terminalsOf(root);
    return [{ root, focus: typeof tab.focus === "string" && panes.includes(tab.focus) ? tab.focus : panes[0]!, zoom: tab.zoom === true }];
  });
  return { version: 1, tabs, active: clampActive(Number(raw.active) || 0, tabs.length) };
}

/** Takes out panes whose terminal is gone. */
export function reconcile(layout: Layout, alive: ReadonlySet<string>): Layout {
  let next = layout;
  for (const terminal of layout.tabs.flatMap((tab) => terminalsOf(tab.root))) if (!alive.has(terminal)) next = closePane(next, terminal);
  return next;
}

export function addTab(layout: Layout, terminal: string): Layout {
  if (find(layout, terminal) >= 0) return focusPane(layout, terminal);
  if (layout.tabs.length >= maxTabs) return layout;
  const tabs = [...layout.tabs, { root: { kind: "pane", terminal } as const, focus: terminal, zoom: false }];
  return { ...layout, tabs, active: tabs.length - 1 };
}

/** Puts `terminal` beside the focused pane. */
export function split(layout: Layout, direction: "row" | "column", terminal: string): Layout {
  const tab = activeTab(layout);
  if (!tab) return addTab(layout, terminal);
  if (find(layout, terminal) >= 0) return focusPane(layout, terminal);
  if (terminalsOf(tab.root).length >= maxPanes) return layout;
  const place = (node: Node): Node => {
    if (node.kind === "pane") return node.terminal === tab.focus ? { kind: "split", direction, share: 0.5, first: node, second: { kind: "pane", terminal } } : node;
    return { ...node, first: place(node.first), second: place(node.second) };
  };
  return withTab(layout, { root: place(tab.root), focus: terminal, zoom: false });
}

/** Shows another terminal in the pane of `old`. */
export function replacePane(layout: Layout, old: string, terminal: string): Layout {
  const place = (node: Node): Node => (node.kind === "pane" ? (node.terminal === old ? { kind: "pane", terminal } : node) : { ...node, first: place(node.first), second: place(node.second) });
  return { ...layout, tabs: layout.tabs.map((tab) => ({ ...tab, root: place(tab.root), focus: tab.focus === old ? terminal : tab.focus })) };
}

export function closePane(layout: Layout, terminal: string): Layout {
  const index = find(layout, terminal);
  if (index < 0) return layout;
  const without = (node: Node): Node | null => {
    if (node.kind === "pane") return node.terminal === terminal ? null : node;
    const first = without(node.first);
    const second = without(node.second);
    return first && second ? { ...node, first, second } : (first ?? second);
  };
  const tab = layout.tabs[index]!;
  const root = without(tab.root);
  if (!root) {
    const tabs = layout.tabs.filter((_, other) => other !== index);
    const active = layout.active > index || layout.active >= tabs.length ? layout.active - 1 : layout.active;
    return { ...layout, tabs, active: clampActive(active, tabs.length) };
  }
  const tabs = layout.tabs.map((other, at) => (at === index ? { root, focus: other.focus === terminal ? terminalsOf(root)[0]! : other.focus, zoom: false } : other));
  return { ...layout, tabs };
}

export function focusPane(layout: Layout, terminal: string): Layout {
  const index = find(layout, terminal);
  if (index < 0) return layout;
  return { ...layout, active: index, tabs: layout.tabs.map((tab, at) => (at === index ? { ...tab, focus: terminal } : tab)) };
}

/** The pane after the focused one, in reading order. */
export function focusNext(layout: Layout): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const panes = terminalsOf(tab.root);
  return focusPane(layout, panes[(panes.indexOf(tab.focus) + 1) % panes.length]!);
}

export const showTab = (layout: Layout, index: number): Layout => (layout.tabs[index] ? { ...layout, active: index } : layout);
export const cycleTab = (layout: Layout, step: 1 | -1): Layout =>
  layout.tabs.length === 0 ? layout : { ...layout, active: (layout.active + step + layout.tabs.length) % layout.tabs.length };

export function moveTab(layout: Layout, from: number, to: number): Layout {
  if (!layout.tabs[from] || !layout.tabs[to]) return layout;
  const tabs = [...layout.tabs];
  tabs.splice(to, 0, ...tabs.splice(from, 1));
  return { ...layout, tabs, active: layout.active === from ? to : layout.tabs.indexOf(layout.tabs[layout.active]!) === from ? to : tabs.indexOf(layout.tabs[layout.active]!) };
}

export function toggleZoom(layout: Layout): Layout {
  const tab = activeTab(layout);
  return tab && terminalsOf(tab.root).length > 1 ? withTab(layout, { ...tab, zoom: !tab.zoom }) : layout;
}

/** A divider is named by the way to it: "" the outermost, then 0 or 1 for each branch taken. */
export function setShare(layout: Layout, path: string, share: number): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const place = (node: Node, rest: string): Node => {
    if (node.kind === "pane") return node;
    if (rest === "") return { ...node, share: clampShare(share) };
    return rest[0] === "0" ? { ...node, first: place(node.first, rest.slice(1)) } : { ...node, second: place(node.second, rest.slice(1)) };
  };
  return withTab(layout, { ...tab, root: place(tab.root, path) });
}

/** Moves the divider nearest around the focused pane. */
export function nudgeDivider(layout: Layout, step: number): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const path = wayTo(tab.root, tab.focus);
  if (!path) return layout;
  let node = tab.root;
  for (const branch of path.slice(0, -1)) if (node.kind === "split") node = branch === "0" ? node.first : node.second;
  return node.kind === "split" ? setShare(layout, path.slice(0, -1), node.share + step) : layout;
}

interface Box {
  terminal: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

export function boxes(node: Node, left = 0, top = 0, width = 1, height = 1): Box[] {
  if (node.kind === "pane") return [{ terminal: node.terminal, left, top, width, height }];
  const { share } = node;
  return node.direction === "row"
    ? [...boxes(node.first, left, top, width * share, height), ...boxes(node.second, left + width * share, top, width * (1 - share), height)]
    : [...boxes(node.first, left, top, width, height * share), ...boxes(node.second, left, top + height * share, width, height * (1 - share))];
}

/** The pane that lies on that side of the focused one, by the middle of its edge. */
export function moveFocus(layout: Layout, side: Side): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const all = boxes(tab.root);
  const here = all.find((box) => box.terminal === tab.focus)!;
  const middle = { x: here.left + here.width / 2, y: here.top + here.height / 2 };
  const close = 1e-6;
  const candidates = all.filter((box) => {
    switch (side) {
      case "left":
        return Math.abs(box.left + box.width - here.left) < close && box.top <= middle.y && box.top + box.height >= middle.y;
      case "right":
        return Math.abs(box.left - here.left - here.width) < close && box.top <= middle.y && box.top + box.height >= middle.y;
      case "up":
        return Math.abs(box.top + box.height - here.top) < close && box.left <= middle.x && box.left + box.width >= middle.x;
      case "down":
        return Math.abs(box.top - here.top - here.height) < close && box.left <= middle.x && box.left + box.width >= middle.x;
    }
  });
  return candidates[0] ? focusPane(layout, candidates[0].terminal) : layout;
}

const clampShare = (share: number): number => (Number.isFinite(share) ? Math.min(0.9, Math.max(0.1, share)) : 0.5);
const clampActive = (active: number, count: number): number => Math.max(0, Math.min(count - 1, Math.trunc(active)));
const find = (layout: Layout, terminal: string): number => layout.tabs.findIndex((tab) => terminalsOf(tab.root).includes(terminal));
const withTab = (layout: Layout, tab: Tab): Layout => ({ ...layout, tabs: layout.tabs.map((other, index) => (index === layout.active ? tab : other)) });

function wayTo(node: Node, terminal: string): string | null {
  if (node.kind === "pane") return node.terminal === terminal ? "" : null;
  const first = wayTo(node.first, terminal);
  if (first !== null) return `0${first}`;
  const second = wayTo(node.second, terminal);
  return second === null ? null : `1${second}`;
}
