import { useSyncExternalStore } from "react";

const query = matchMedia("(max-width: 640px)");
const watch = (changed: () => void) => {
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
};

/** A phone's width: room for one thing at a time. */
export const useNarrow = (): boolean => useSyncExternalStore(watch, () => query.matches);
