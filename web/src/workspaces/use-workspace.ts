import { useEffect } from "react";
import type { Problem, Workspace } from "../api/types.ts";
import { navigate } from "../router/router.tsx";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { findWorkspace } from "./calls.ts";

const at = (one: Workspace, owner: string, name: string): boolean => one.name === name && (one.owner.address === owner || one.owner.id === owner);

/** The workspace of an address: at once where any list showed it, and asked for in any case. An old address leads on to the one of today. */
export function useWorkspace(owner: string, name: string): { workspace: Workspace | null; missing: boolean; problem: Problem | null; reload: () => void } {
  const { workspaces } = useStore(objects);
  const known = [...workspaces.values()].find((one) => at(one, owner, name));
  const loaded = useLoad(`workspace ${owner}/${name}`, (signal) => findWorkspace(owner, name, signal));
  const workspace = loaded.data ? (workspaces.get(loaded.data) ?? null) : (known ?? null);
  const moved = workspace !== null && !at(workspace, owner, name);
  useEffect(() => {
    if (!moved) return;
    const rest = location.pathname.split("/").slice(4);
    navigate(`/${["w", workspace.owner.address, workspace.name].map(encodeURIComponent).join("/")}${rest.map((part) => `/${part}`).join("")}${location.search}`, { replace: true });
  }, [moved, workspace]);
  const missing = !loaded.loading && !loaded.problem && workspace === null;
  return { workspace, missing, problem: loaded.problem, reload: loaded.reload };
}
