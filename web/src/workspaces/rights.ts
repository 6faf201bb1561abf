import type { Me, Workspace } from "../api/types.ts";
import { may } from "../stores/session.ts";

/** What the page offers (docs/access.md). The server decides again at each request; this only keeps buttons honest. */
export function rightOf(me: Me, workspace: Workspace): "owner" | "collaborator" | "viewer" | "none" {
  if (workspace.owner.id === me.id) return "owner";
  const share = workspace.shares?.[me.id];
  return share === "collaborator" || share === "viewer" ? share : "none";
}

const above = (me: Me, role: "admin" | "operator"): boolean => me.roles.includes("admin") || me.roles.includes(role);

/** Start, stop, rename, delete. */
export const mayWrite = (me: Me, workspace: Workspace): boolean => may(me, "workspaces:write") && (rightOf(me, workspace) === "owner" || above(me, "operator"));
export const mayShare = (me: Me, workspace: Workspace): boolean => may(me, "workspaces:share") && (rightOf(me, workspace) === "owner" || above(me, "admin"));

/** Open terminals and type in them. */
export const mayType = (me: Me, workspace: Workspace): boolean => may(me, "terminals:write") && (["owner", "collaborator"].includes(rightOf(me, workspace)) || above(me, "admin"));

/** An admin who looks into somebody else's things says why, and it is recorded. */
export const needsReason = (me: Me, workspace: Workspace): boolean => rightOf(me, workspace) === "none" && above(me, "admin");
