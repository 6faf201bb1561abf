import type { Observed, Workspace } from "../api/types.ts";
import { Pill, type Tone } from "../design/controls.tsx";
import type { IconName } from "../design/icon.tsx";

interface Look {
  tone: Tone;
  icon: IconName;
  word: string;
  spinning?: boolean;
}

const looks: Record<Observed, Look> = {
  queued: { tone: "wait", icon: "queued", word: "Queued" },
  provisioning: { tone: "busy", icon: "busy", word: "Creating", spinning: true },
  starting: { tone: "busy", icon: "busy", word: "Starting", spinning: true },
  running: { tone: "good", icon: "running", word: "Running" },
  stopping: { tone: "busy", icon: "busy", word: "Stopping", spinning: true },
  stopped: { tone: "calm", icon: "stopped", word: "Stopped" },
  archived: { tone: "calm", icon: "stopped", word: "Archived" },
  failed: { tone: "bad", icon: "failed", word: "Failed" },
  deleting: { tone: "busy", icon: "busy", word: "Deleting", spinning: true },
  deleted: { tone: "calm", icon: "trash", word: "Deleted" },
  unknown: { tone: "wait", icon: "failed", word: "Not reachable" },
};

export const lookOf = (observed: string): Look => (Object.hasOwn(looks, observed) ? looks[observed as Observed] : looks.unknown);

export function StatePill({ observed }: { observed: string }) {
  const look = lookOf(observed);
  return (
    <Pill tone={look.tone} icon={look.icon} spinning={look.spinning ?? false}>
      {look.word}
    </Pill>
  );
}

export const moving = (observed: string): boolean => ["queued", "provisioning", "starting", "stopping", "deleting"].includes(observed);

export type Action = "open" | "start" | "stop" | "restart" | "retry" | "cancel" | "delete";

/** The state table: what may be done now, and why the rest may not. Null: it may. */
export function actionsFor(workspace: Workspace, write: boolean): Record<Action, string | null> {
  const state = workspace.observed;
  const word = lookOf(state).word.toLowerCase();
  const only = (allowed: boolean, when: string): string | null =>
    !write ? "Only its owner can do that." : allowed ? null : `Only ${when}; it is ${word} now.`;
  return {
    open: state === "running" ? null : `Terminals need a running workspace; it is ${word} now.`,
    start: only(state === "stopped" || state === "archived" || state === "failed", "a stopped workspace can be started"),
    stop: only(state === "running" || state === "failed" || state === "unknown", "a running workspace can be stopped"),
    restart: only(state === "running" || state === "failed", "a running workspace can be restarted"),
    retry: only(state === "failed", "a failed start can be tried again"),
    cancel: only(moving(state) && state !== "deleting", "work under way can be cancelled"),
    delete: only(state !== "deleting" && state !== "deleted", "what is not being deleted yet can be deleted"),
  };
}
