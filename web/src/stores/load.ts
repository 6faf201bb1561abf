import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Problem } from "../api/types.ts";
import { objects } from "./objects.ts";
import { useStore } from "./store.ts";

export interface Loaded<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
}

/**
 * Loads when `key` changes, and again after events were missed. What was loaded before stays on the screen meanwhile, and also when loading
 * it again failed. `key: null` loads nothing.
 */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const { resets } = useStore(objects);
  const [state, setState] = useState<{ key: string | null; data: T | null; problem: Problem | null; loading: boolean }>({ key: null, data: null, problem: null, loading: true });
  const [again, setAgain] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    setState((before) => ({ key, data: before.key === key ? before.data : null, problem: null, loading: true }));
    latest.current(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ key, data, problem: null, loading: false });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, problem: asProblem(error), loading: false }));
      },
    );
    return () => abort.abort();
  }, [key, again, resets]);
  const reload = useCallback(() => setAgain((count) => count + 1), []);
  const current = state.key === key;
  return { data: current ? state.data : null, problem: current ? state.problem : null, loading: key !== null && (!current || state.loading), reload };
}
