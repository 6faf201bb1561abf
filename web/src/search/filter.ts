import type { Workspace } from "../api/types.ts";
import { parseSearch } from "./syntax.ts";

/** A search in two parts: what the server finds by, and what is sieved here out of the pages that it gives. */
export interface Filter {
  /** A part of name or title. */
  text: string | null;
  /** An owner's id. */
  owner: string | null;
  matches: ((workspace: Workspace) => boolean) | null;
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export function filterOf(search: string, me: string, now: number): Filter {
  const terms = parseSearch(search).filter((term) => term.wrong === null);
  const words = terms.filter((term) => term.key === null).map((term) => term.value.replaceAll('"', "").toLowerCase());
  // The longest word is the server's, because it leaves the least.
  const text = words.toSorted((a, b) => b.length - a.length)[0] ?? null;
  const owner = terms.some((term) => term.key === "owner" && term.value === "me") ? me : null;
  const sieves = [
    ...words.filter((word) => word !== text).map((word) => (one: Workspace) => `${one.name} ${one.title}`.toLowerCase().includes(word)),
    ...terms.flatMap(({ key, value }) => {
      switch (key) {
        case "owner":
          return value === "me" ? [] : [(one: Workspace) => [one.owner.id, one.owner.address, one.owner.name].some((text) => text.toLowerCase() === value.toLowerCase())];
        case "status":
          return [(one: Workspace) => one.observed === value];
        case "template":
          return [(one: Workspace) => one.template === value];
        case "name":
          return [(one: Workspace) => one.name === value];
        case "outdated":
          return [(one: Workspace) => one.outdated === (value === "true")];
        case "why":
          return [(one: Workspace) => `${one.reason ?? ""} ${one.stopReason ?? ""} ${one.message ?? ""}`.toLowerCase().includes(value.toLowerCase())];
        case "idle": {
          const limit = Number(value.slice(1, -1)) * units[value.at(-1) as keyof typeof units];
          const idle = (one: Workspace) => now - Date.parse(one.lastUsed ?? one.created);
          return [(one: Workspace) => (value.startsWith(">") ? idle(one) > limit : idle(one) < limit)];
        }
        default:
          return [];
      }
    }),
  ];
  return { text, owner, matches: sieves.length > 0 ? (one) => sieves.every((sieve) => sieve(one)) : null };
}
