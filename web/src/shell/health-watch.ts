import { useEffect } from "react";
import { get } from "../api/client.ts";
import type { Health } from "../api/types.ts";
import { objects } from "../stores/objects.ts";
import { Store, useStore } from "../stores/store.ts";

export const health = new Store<Health["worst"] | "unknown">("unknown");

/** The dot in the bar: asked when the page opens and whenever the stream came back. */
export function useHealthWatch(allowed: boolean): void {
  const { resets } = useStore(objects);
  useEffect(() => {
    if (!allowed) return;
    get<Health>("/health").then(
      (answer) => health.set(answer.worst),
      () => health.set("unknown"),
    );
  }, [allowed, resets]);
}
