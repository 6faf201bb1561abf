import type { Job, Terminal, Workspace } from "../api/types.ts";
import type { EventStream } from "../events/stream.ts";
import { Store } from "./store.ts";

export interface Objects {
  workspaces: ReadonlyMap<string, Workspace>;
  jobs: ReadonlyMap<string, Job>;
  terminals: ReadonlyMap<string, Terminal>;
  /** Rises when something appeared or left, so that lists whose order and filter only the server knows load again. */
  lists: number;
  /** Rises when a workspace came into another state, so that lists that are sieved by state load again. */
  states: number;
  /** Rises when events were missed: what is on the screen has to be loaded again. */
  resets: number;
}

/** The newest known form of every object that any page loaded or an event carried. Lists hold ids and look here. */
export const objects = new Store<Objects>({ workspaces: new Map(), jobs: new Map(), terminals: new Map(), lists: 0, states: 0, resets: 0 });

type Change =
  | { kind: "workspaces"; items: Workspace[] }
  | { kind: "jobs"; items: Job[] }
  | { kind: "terminals"; items: Terminal[] }
  | { kind: "gone"; from: "workspaces" | "terminals"; id: string }
  | { kind: "reset" };

export function reduce(state: Objects, change: Change): Objects {
  switch (change.kind) {
    case "reset":
      return { ...state, resets: state.resets + 1, lists: state.lists + 1 };
    case "gone": {
      if (!state[change.from].has(change.id)) return { ...state, lists: state.lists + 1 };
      const rest = new Map<string, Workspace | Terminal>(state[change.from]);
      rest.delete(change.id);
      return { ...state, [change.from]: rest, lists: state.lists + 1 };
    }
    default: {
      const known = state[change.kind] as ReadonlyMap<string, { id: string }>;
      const next = new Map(known);
      for (const item of change.items) next.set(item.id, item);
      return { ...state, [change.kind]: next };
    }
  }
}

export const remember = {
  workspaces: (items: Workspace[]) => objects.update((state) => reduce(state, { kind: "workspaces", items })),
  jobs: (items: Job[]) => objects.update((state) => reduce(state, { kind: "jobs", items })),
  terminals: (items: Terminal[]) => objects.update((state) => reduce(state, { kind: "terminals", items })),
};

/** What one event changes. */
export function applyEvent(state: Objects, name: string, id: string, object: unknown): Objects {
  if (name === "reset") return reduce(state, { kind: "reset" });
  const [what] = name.split(".");
  if (what !== "workspace" && what !== "job" && what !== "terminal") return state;
  const kind = `${what}s` as "workspaces" | "jobs" | "terminals";
  const value = object as { id?: string; observed?: string } | null | undefined;
  if (!value?.id || value.observed === "deleted") return kind === "jobs" ? state : reduce(state, { kind: "gone", from: kind, id: value?.id ?? id });
  const next = reduce(state, { kind, items: [value as never] });
  const before = state[kind].get(value.id) as { observed?: string } | undefined;
  if (!before) return { ...next, lists: next.lists + 1 };
  return kind === "workspaces" && before.observed !== value.observed ? { ...next, states: next.states + 1 } : next;
}

export function follow(stream: EventStream): () => void {
  return stream.subscribe((event) => objects.update((state) => applyEvent(state, event.name === "message" ? event.type : event.name, event.id, event.object)));
}
