import { type AnchorHTMLAttributes, type MouseEvent, useMemo } from "react";
import { Store, useStore } from "../stores/store.ts";
import { type Route, parse, withQuery } from "./routes.ts";

export const place = new Store({ path: location.pathname, search: location.search });

const sync = () => place.set({ path: location.pathname, search: location.search });
window.addEventListener("popstate", sync);

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const url = new URL(to, location.origin);
  if (url.origin !== location.origin) return;
  history[options.replace ? "replaceState" : "pushState"](null, "", url);
  const moved = url.pathname !== place.get().path;
  sync();
  if (moved) scrollTo(0, 0);
}

export function useRoute(): Route {
  const { path } = useStore(place);
  return useMemo(() => parse(path), [path]);
}

/** One part of the query as state: reload, back and a link to a colleague show the same. */
export function useQuery(key: string): [string, (value: string | null, options?: { replace?: boolean }) => void] {
  const { search } = useStore(place);
  const value = useMemo(() => new URLSearchParams(search).get(key) ?? "", [search, key]);
  return [value, (next, options) => navigate(withQuery(location.pathname, location.search, { [key]: next }), options)];
}

export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
