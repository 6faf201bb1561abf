import { useEffect, useState } from "react";
import type { Page, Workspace } from "../api/types.ts";
import { type Loaded, useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { listWorkspaces } from "./calls.ts";

/**
 * One page of the list, kept true by events: objects change in place; where one appears or leaves, the server is asked again, because only it
 * knows order and filter. Bursts (a class that starts) are one question.
 */
export function useWorkspaceList(options: { search?: string; owner?: string; cursor?: string; limit?: number }): Loaded<Page<string>> & { rows: Workspace[] } {
  const { workspaces, lists } = useStore(objects);
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
  const rows = (loaded.data?.items ?? []).flatMap((id) => workspaces.get(id) ?? []);
  return { ...loaded, rows };
}
