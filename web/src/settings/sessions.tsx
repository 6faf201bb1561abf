import { useState } from "react";
import { asProblem, get, remove } from "../api/client.ts";
import type { Me, Page, Problem, Session } from "../api/types.ts";
import { Button, Command, Notice, Pill } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago, Moment } from "../design/time.tsx";
import { useLoad } from "../stores/load.ts";
import { askAgain, signOut } from "../stores/session.ts";
import { items } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";

export function Sessions({ me }: { me: Me }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [all, setAll] = useState(false);
  const sessions = useLoad("sessions", async (signal) => items(await get<Session[] | Page<Session>>("/me/sessions", signal)));
  const does = async (action: () => Promise<unknown>) => {
    try {
      setProblem(null);
      await action();
      sessions.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const end = (id: string) => does(() => remove(`/me/sessions/${encodeURIComponent(id)}`));
  // The alarm stands above every page, too, and goes with the last mark.
  const alarm = (action: () => Promise<unknown>) =>
    does(async () => {
      await action();
      await askAgain();
    });
  // The one that asks goes last: once it has ended nothing more can be asked.
  const everywhere = async () => {
    for (const one of [...(sessions.data ?? [])].sort((a, b) => Number(a.current) - Number(b.current))) await remove(`/me/sessions/${encodeURIComponent(one.id)}`);
    location.assign("/login");
  };
  return (
    <section className="card stack">
      <div className="row between">
        <h2>Where you are signed in</h2>
        <Button look="danger" onClick={() => setAll(true)}>
          Sign out everywhere
        </Button>
      </div>
      {(problem ?? sessions.problem) && <ProblemNotice problem={(problem ?? sessions.problem)!} onRetry={sessions.reload} />}
      <ul className="terminal-rows">
        {(sessions.data ?? []).map((one) => (
          <li key={one.id} className={one.linkReused ? "with-notice" : undefined}>
            <div className="grow">
              <strong className="wrap-anywhere">{one.agent || "Unknown browser"}</strong>
              <div className="small soft wrap-anywhere">
                {one.address}, since <Ago at={one.created} />, used <Ago at={one.lastUsed} />
              </div>
            </div>
            {one.current ? (
              <Pill tone="good" icon="check">
                this one
              </Pill>
            ) : (
              !one.linkReused && <Button onClick={() => void end(one.id)}>Sign out</Button>
            )}
            {one.linkReused && (
              <Notice tone="bad" icon="failed" title="Its login link was used a second time">
                <p>
                  On <Moment at={one.linkReused.time} />, from <span className="wrap-anywhere">{one.linkReused.address}</span>. That was refused.
                </p>
                <p>
                  If it wasn't you, somebody else has seen the link, and {one.current ? "tried it after you" : "either tried it after you or is the one who uses this session"}. When in doubt, end the session and sign in with a
                  new link.
                </p>
                <div className="row notice-actions">
                  <Button look="danger" onClick={() => void (one.current ? does(signOut) : alarm(() => remove(`/me/sessions/${encodeURIComponent(one.id)}`)))}>
                    End this session
                  </Button>
                  <Button onClick={() => void alarm(() => remove(`/me/sessions/${encodeURIComponent(one.id)}/notice`))}>It was me: dismiss</Button>
                </div>
              </Notice>
            )}
          </li>
        ))}
      </ul>
      {sessions.data?.length === 0 && <p className="soft">No browser session is open.</p>}
      {me.mode === "local" && <Command text={commands.link()} label="A new link for another browser" />}
      {all && (
        <Confirm title="Sign out everywhere?" action="Sign out everywhere" danger onClose={() => setAll(false)} run={everywhere}>
          <p>All browsers are signed out, this one too. API tokens stay; terminals go on.</p>
        </Confirm>
      )}
    </section>
  );
}
