import { useEffect, useState } from "react";
import type { Workspace } from "../api/types.ts";
import { type Loaded, useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { parseSearch } from "../search/syntax.ts";
import { useStore } from "../stores/store.ts";
import { type ListPage, listWorkspaces } from "./calls.ts";

/**
 * One page of the list, kept true by events: objects change in place; where one appears or leaves, the server is asked again, because only it
 * knows order and filter. Bursts (a class that starts) are one question.
 */
export function useWorkspaceList(options: { search?: string; cursor?: string; limit?: number }): Loaded<ListPage> & { rows: Workspace[] } {
  const state = useStore(objects);
  const sieved = parseSearch(options.search ?? "").some((term) => term.key !== null && term.key !== "owner");
  const lists = state.lists + (sieved ? state.states : 0);
  const loaded = useLoad(`list ${JSON.stringify(options)}`, (signal) => listWorkspaces({ ...options, signal }));
  const [seen, setSeen] = useState(lists);
  const { reload } = loaded;
  useEffect(() => {
    if (seen === lists) return;
    const timer = setTimeout(() => {
      setSeen(lists);
      reload();
    }, 200);
    return () => clearTimeout(timer);
  }, [lists, seen, reload]);
  const rows = (loaded.data?.items ?? []).flatMap((id) => state.workspaces.get(id) ?? []);
  return { ...loaded, rows };
}
