import { useEffect, useState } from "react";
import { get } from "../api/client.ts";
import type { Page, Problem } from "../api/types.ts";
import { Command, Notice } from "../design/controls.tsx";
import { Icon, Mark } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { navigate, place } from "../router/router.tsx";
import { useLoad } from "../stores/load.ts";
import { session, signInWithLink } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { commands } from "../workspaces/commands.ts";
import { items } from "../workspaces/calls.ts";

interface Provider {
  name: string;
  title: string;
  url: string;
}

/** Where to go after signing in: only a path of this app, whatever the address says. */
export function nextOf(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) && !next.startsWith("/login") ? next : "/";
}

export function LoginPage({ why }: { why: string | null }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [token] = useState(() => (location.pathname === "/login" ? location.hash.slice(1) : ""));
  const [working, setWorking] = useState(token !== "");
  const state = useStore(session);
  const { search, path } = useStore(place);
  const providers = useLoad("providers", (signal) => get<Provider[] | Page<Provider>>("/auth/providers", signal));
  useEffect(() => {
    if (!token) return;
    // Out of the address bar and the history before anything else can read it.
    history.replaceState(null, "", location.pathname + location.search);
    void signInWithLink(token).then((failed) => {
      setProblem(failed);
      setWorking(false);
    });
  }, [token]);
  useEffect(() => {
    if (state.kind === "signed-in" && path === "/login" && !working) navigate(nextOf(search), { replace: true });
  }, [state, path, search, working]);
  const choices = providers.data ? items(providers.data) : [];
  const next = path === "/login" ? nextOf(search) : path + search;
  return (
    <main className="login" id="main">
      <div className="login-card">
        <Mark size={44} />
        <h1>{working ? "Signing you in" : "Sign in to Caisson"}</h1>
        <p className="lead">Where coding agents work behind watertight doors.</p>
        {why && (
          <Notice tone="wait" icon="lock" live title="You were signed out">
            <p>{why}</p>
          </Notice>
        )}
        {problem && <ProblemNotice problem={problem} title="This link did not work" />}
        {!working && choices.length > 0 && (
          <div className="stack">
            {choices.map((provider) => (
              <a key={provider.name} className="button primary" href={`/login/oidc/${encodeURIComponent(provider.name)}?next=${encodeURIComponent(next)}`}>
                Continue with {provider.title}
                <Icon name="chevron" />
              </a>
            ))}
          </div>
        )}
        {!working && choices.length === 0 && !providers.loading && (
          <>
            <p>A link signs you in, once. Make one on the machine where Caisson runs, then open it here:</p>
            <Command text={commands.link()} label={null} />
          </>
        )}
      </div>
    </main>
  );
}
