import { useEffect } from "react";
import { get } from "../api/client.ts";
import type { HealthCheck, Page } from "../api/types.ts";
import { objects } from "../stores/objects.ts";
import { Store, useStore } from "../stores/store.ts";
import { items } from "../workspaces/calls.ts";

export const health = new Store<"green" | "amber" | "red" | "unknown">("unknown");

export const worst = (checks: readonly HealthCheck[]): "green" | "amber" | "red" =>
  checks.some((check) => check.severity === "red") ? "red" : checks.some((check) => check.severity === "amber") ? "amber" : "green";

/** The dot in the bar: asked when the page opens and whenever the stream came back. */
export function useHealthWatch(allowed: boolean): void {
  const { resets } = useStore(objects);
  useEffect(() => {
    if (!allowed) return;
    get<HealthCheck[] | Page<HealthCheck>>("/health").then(
      (checks) => health.set(worst(items(checks))),
      () => health.set("unknown"),
    );
  }, [allowed, resets]);
}
