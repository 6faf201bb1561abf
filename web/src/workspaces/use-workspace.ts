import type { Problem, Workspace } from "../api/types.ts";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { findWorkspace, loadWorkspace } from "./calls.ts";

/** The workspace of an address: at once where any list showed it, and asked for in any case. */
export function useWorkspace(owner: string, name: string): { workspace: Workspace | null; missing: boolean; problem: Problem | null; reload: () => void } {
  const { workspaces } = useStore(objects);
  const known = [...workspaces.values()].find((one) => one.name === name && (one.owner.address === owner || one.owner.id === owner));
  const loaded = useLoad(`workspace ${owner}/${name}`, async (signal) => {
    if (!known) return findWorkspace(owner, name, signal);
    await loadWorkspace(known.id, signal);
    return known.id;
  });
  const workspace = loaded.data ? (workspaces.get(loaded.data) ?? null) : (known ?? null);
  const missing = !loaded.loading && !loaded.problem && workspace === null;
  return { workspace, missing, problem: loaded.problem, reload: loaded.reload };
}
