/** Addresses of pages. Pure, so that every address can be tested both ways. */
export type Route =
  | { page: "home" }
  | { page: "workspaces" }
  | { page: "new"; template: string | null }
  | { page: "by-id"; id: string }
  | { page: "workspace"; owner: string; name: string; tab: string }
  | { page: "terminals"; owner: string; name: string; terminal: string | null }
  | { page: "recordings" }
  | { page: "replay"; id: string }
  | { page: "health" }
  | { page: "settings"; section: string }
  | { page: "users" }
  | { page: "welcome"; step: string }
  | { page: "device" }
  | { page: "login" }
  | { page: "unknown" };

export const workspaceTabs = ["overview", "steps", "policy", "events", "sharing"] as const;
export const settingsSections = ["appearance", "terminal", "keys", "workspaces", "sessions", "tokens"] as const;

export function parse(path: string): Route {
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: "unknown" };
  }
  const [first, second, third, fourth, fifth] = parts;
  switch (first) {
    case undefined:
      return { page: "home" };
    case "workspaces":
      return parts.length === 1 ? { page: "workspaces" } : { page: "unknown" };
    case "new":
      return parts.length <= 2 ? { page: "new", template: second ?? null } : { page: "unknown" };
    case "w":
      if (second && /^w-[a-z2-7]{26}$/.test(second) && parts.length === 2) return { page: "by-id", id: second };
      if (!second || !third) return { page: "unknown" };
      if (fourth === "t") return parts.length <= 5 ? { page: "terminals", owner: second, name: third, terminal: fifth ?? null } : { page: "unknown" };
      if (fourth === undefined) return { page: "workspace", owner: second, name: third, tab: "overview" };
      return parts.length === 4 && (workspaceTabs as readonly string[]).includes(fourth) ? { page: "workspace", owner: second, name: third, tab: fourth } : { page: "unknown" };
    case "recordings":
      return parts.length === 1 ? { page: "recordings" } : { page: "unknown" };
    case "r":
      return second && parts.length === 2 ? { page: "replay", id: second } : { page: "unknown" };
    case "settings":
      if (parts.length > 2 || (second && !(settingsSections as readonly string[]).includes(second))) return { page: "unknown" };
      return { page: "settings", section: second ?? "appearance" };
    case "admin":
      return second === "users" && parts.length === 2 ? { page: "users" } : { page: "unknown" };
    case "device":
    case "health":
    case "login":
      return parts.length === 1 ? { page: first } : { page: "unknown" };
    case "welcome":
      return parts.length <= 2 ? { page: "welcome", step: second ?? "machine" } : { page: "unknown" };
    default:
      return { page: "unknown" };
  }
}

const join = (...parts: string[]) => `/${parts.map(encodeURIComponent).join("/")}`;

export const address = {
  workspace: (owner: string, name: string, tab = "overview") => (tab === "overview" ? join("w", owner, name) : join("w", owner, name, tab)),
  terminals: (owner: string, name: string, terminal?: string) => (terminal ? join("w", owner, name, "t", terminal) : join("w", owner, name, "t")),
  create: (template?: string) => (template ? join("new", template) : "/new"),
};

/** The address with some of the query changed; null takes a part out. */
export function withQuery(path: string, search: string, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
