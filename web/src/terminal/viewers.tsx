import { useState } from "react";
import { asProblem, get, request } from "../api/client.ts";
import type { Page, Problem, Terminal } from "../api/types.ts";
import { Button, Pill } from "../design/controls.tsx";
import { Dialog } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { session } from "../stores/session.ts";
import { mayWrite } from "../workspaces/rights.ts";

interface Viewer {
  id: string;
  name: string;
  mode: "write" | "view";
  since: string;
  /** Milliseconds until output was drawn; null until there was some. */
  roundTrip?: number | null;
}

/** Who looks at a terminal now. `count` is what its view knows live, so the list follows who comes and goes. */
export function Viewers({ terminal, count, onClose }: { terminal: Terminal; count: number; onClose: () => void }) {
  const path = `/terminals/${encodeURIComponent(terminal.id)}/viewers`;
  const loaded = useLoad(`viewers ${terminal.id} ${count}`, (signal) => get<Page<Viewer>>(path, signal));
  const [problem, setProblem] = useState<Problem | null>(null);
  const state = session.get();
  const workspace = objects.get().workspaces.get(terminal.workspace);
  const leads = state.kind === "signed-in" && workspace !== undefined && mayWrite(state.me, workspace);
  const change = (viewer: Viewer) =>
    void request("PUT", `${path}/${encodeURIComponent(viewer.id)}/mode`, { body: { mode: viewer.mode === "write" ? "view" : "write" } }).then(loaded.reload, (error: unknown) => setProblem(asProblem(error)));
  return (
    <Dialog title={`Who looks at ${terminal.label}`} onClose={onClose}>
      <div className="dialog-body">
        {(problem ?? loaded.problem) && <ProblemNotice problem={(problem ?? loaded.problem)!} onRetry={loaded.reload} />}
        <ul className="terminal-rows" aria-busy={loaded.loading}>
          {(loaded.data?.items ?? []).map((one) => (
            <li key={one.id}>
              <div className="grow">
                <strong className="wrap-anywhere">{one.name}</strong>
                <div className="small soft">
                  since <Ago at={one.since} />
                  {typeof one.roundTrip === "number" && `, round trip ${Math.round(one.roundTrip)} ms`}
                </div>
              </div>
              <Pill tone={one.mode === "write" ? "good" : "calm"} icon={one.mode === "write" ? "edit" : "eye"}>
                {one.mode === "write" ? "types" : "looks"}
              </Pill>
              {leads && (
                <Button look="quiet" onClick={() => change(one)}>
                  {one.mode === "write" ? "Only look" : "Let type"}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </div>
      <div className="dialog-foot">
        <Button autoFocus onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
