import { type RefObject, useEffect, useRef } from "react";

/** For a row of links that scrolls sideways where there is no room: the one of this page is in sight. `key` says which that is. */
export function useCurrentInView(key: string): RefObject<HTMLElement | null> {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>("[aria-current]");
    // Only the row itself: the page stays where it is.
    if (row.current && current) row.current.scrollLeft = current.offsetLeft - row.current.offsetLeft - (row.current.clientWidth - current.offsetWidth) / 2;
  }, [key]);
  return row;
}
