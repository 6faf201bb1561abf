import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, request } from "../api/client.ts";
import { type Layout, empty, readLayout } from "./layout.ts";

const saveDelay = 400;

/** The window's layout as the server has it, saved after a rest. What another device saved meanwhile is overwritten by who moves last. */
export function useLayout(workspace: string, ready: boolean): [Layout | null, (change: (layout: Layout) => Layout) => void] {
  const [layout, setLayout] = useState<Layout | null>(null);
  const etag = useRef<string | null>(null);
  const latest = useRef<Layout | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const path = `/workspaces/${workspace}/layout`;
  useEffect(() => {
    if (!ready) return;
    let current = true;
    request<unknown>("GET", path)
      .then(
        (answer) => {
          etag.current = answer.etag;
          return readLayout(answer.data) ?? empty;
        },
        () => empty, // None was saved, or it can't be read: a window begins anew rather than not at all.
      )
      .then((loaded) => {
        if (!current) return;
        latest.current = loaded;
        setLayout(loaded);
      });
    return () => {
      current = false;
    };
  }, [path, ready]);
  const save = useCallback(
    async (again = true): Promise<void> => {
      clearTimeout(timer.current);
      timer.current = undefined;
      try {
        etag.current = (await request("PUT", path, { body: latest.current, ifMatch: etag.current })).etag;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!again || (error.problem.status !== 412 && error.problem.status !== 428)) return; // The next change tries again.
        etag.current = (await request("GET", path)).etag;
        await save(false);
      }
    },
    [path],
  );
  useEffect(() => {
    const leave = () => {
      if (timer.current !== undefined) void save();
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [save]);
  const change = useCallback(
    (by: (layout: Layout) => Layout) => {
      const before = latest.current;
      if (!before) return;
      const next = by(before);
      if (next === before || JSON.stringify(next) === JSON.stringify(before)) return;
      latest.current = next;
      setLayout(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), saveDelay);
    },
    [save],
  );
  return [layout, change];
}
