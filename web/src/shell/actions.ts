import { useEffect } from "react";
import type { IconName } from "../design/icon.tsx";
import { Store } from "../stores/store.ts";

export interface PageAction {
  id: string;
  text: string;
  icon: IconName;
  keys?: string;
  run: () => void;
}

/** What the open page can do, for the command bar. */
export const pageActions = new Store<readonly PageAction[]>([]);

export function usePageActions(actions: readonly PageAction[]): void {
  useEffect(() => {
    pageActions.set(actions);
    return () => pageActions.set([]);
  });
}
