import type { Me, Workspace } from "../api/types.ts";
import { may } from "../stores/session.ts";

/** What the page offers. The server decides again at each request; this only keeps buttons honest. */
export function rightOf(me: Me, workspace: Workspace): "owner" | "collaborator" | "viewer" | "admin" {
  if (workspace.owner.id === me.id) return "owner";
  const share = workspace.shares[me.id];
  if (share === "collaborator" || share === "viewer") return share;
  return me.roles.includes("admin") ? "admin" : "viewer";
}

export const mayWrite = (me: Me, workspace: Workspace): boolean => may(me, "workspaces:write") && rightOf(me, workspace) !== "viewer";
export const mayShare = (me: Me, workspace: Workspace): boolean => ["owner", "admin"].includes(rightOf(me, workspace)) && may(me, "workspaces:share");
