import { useState } from "react";
import { asProblem, get, remove } from "../api/client.ts";
import type { Me, Page, Problem, Session } from "../api/types.ts";
import { Button, Command, Pill } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useLoad } from "../stores/load.ts";
import { items } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";

export function Sessions({ me }: { me: Me }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [all, setAll] = useState(false);
  const sessions = useLoad("sessions", async (signal) => items(await get<Session[] | Page<Session>>("/me/sessions", signal)));
  const end = async (id: string) => {
    try {
      await remove(`/me/sessions/${encodeURIComponent(id)}`);
      sessions.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
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
          <li key={one.id}>
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
              <Button onClick={() => void end(one.id)}>Sign out</Button>
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
