import { ApiError, get, onSignedOut, post, request } from "../api/client.ts";
import type { Me, Problem, Settings } from "../api/types.ts";
import { Store } from "./store.ts";

export type SessionState =
  | { kind: "loading" }
  | { kind: "signed-out"; why: string | null }
  | { kind: "failed"; problem: Problem }
  | { kind: "signed-in"; me: Me };

export const session = new Store<SessionState>({ kind: "loading" });
export const settings = new Store<{ value: Settings; etag: string | null }>({ value: { theme: "system", terminal: {}, keys: {} }, etag: null });

onSignedOut((problem) => {
  const before = session.get();
  session.set({ kind: "signed-out", why: before.kind === "signed-in" ? problem.detail : null });
});

export async function loadSession(): Promise<void> {
  try {
    const me = await get<Me>("/me");
    session.set({ kind: "signed-in", me });
    await loadSettings();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.problem.status !== 401) session.set({ kind: "failed", problem: error.problem });
  }
}

/** Who one is, again: something said that rights or notices have changed. Throws where the server can't be asked; what was known stays. */
export async function askAgain(): Promise<void> {
  const me = await get<Me>("/me");
  session.set({ kind: "signed-in", me });
}

/** The link of `caisson open` carries a one-time token behind `#`, which no server log and no Referer sees. */
export async function signInWithLink(token: string): Promise<Problem | null> {
  try {
    await post("/auth/link", { token });
  } catch (error) {
    if (error instanceof ApiError) return error.problem;
    throw error;
  }
  await loadSession();
  return null;
}

export async function signOut(): Promise<void> {
  const answer = await post<{ endSession?: string } | undefined>("/auth/logout");
  session.set({ kind: "signed-out", why: null });
  // The provider has a session of its own, which would sign in again by itself.
  if (answer?.endSession && /^https:/.test(answer.endSession)) location.assign(answer.endSession);
}

async function loadSettings(): Promise<void> {
  const answer = await request<Partial<Settings>>("GET", "/me/settings");
  // What a newer page put there stays there.
  settings.set({ value: { ...answer.data, theme: answer.data.theme ?? "system", terminal: answer.data.terminal ?? {}, keys: answer.data.keys ?? {} }, etag: answer.etag });
  showTheme(settings.get().value.theme);
}

/** Saves, and where another device saved meanwhile, puts this change on top of what it saved. */
export async function changeSettings(change: (value: Settings) => Settings): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { value, etag } = settings.get();
    const wanted = change(value);
    settings.set({ value: wanted, etag });
    showTheme(wanted.theme);
    try {
      const answer = await request<Settings>("PUT", "/me/settings", { body: wanted, ifMatch: etag });
      settings.set({ value: wanted, etag: answer.etag });
      return;
    } catch (error) {
      if (error instanceof ApiError && (error.problem.status === 412 || error.problem.status === 428) && attempt < 2) await loadSettings();
      else throw error;
    }
  }
}

/** The server wrote the attribute into the page's first bytes; here it only follows a change. */
function showTheme(theme: Settings["theme"]): void {
  document.documentElement.dataset["theme"] = theme;
  // For this browser's pages before anybody has signed in; it says nothing about who.
  document.cookie = `caisson-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}

/** `WorkspacesCreate`, `workspaces:create`: the one permission in its two spellings. */
export function may(me: Me, permission: string): boolean {
  const plain = (name: string) => name.replace(/[^a-z]/gi, "").toLowerCase();
  return me.permissions.some((held) => plain(held) === plain(permission));
}
