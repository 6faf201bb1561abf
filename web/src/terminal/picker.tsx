import { useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Problem, Terminal } from "../api/types.ts";
import { Button, Pill } from "../design/controls.tsx";
import { Confirm, Dialog } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago, bytes } from "../design/time.tsx";
import { endTerminal } from "../workspaces/calls.ts";

export function Picker({ terminals, shown, write, onPick, onClose }: { terminals: readonly Terminal[]; shown: ReadonlySet<string>; write: boolean; onPick: (id: string) => void; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [all, setAll] = useState(false);
  const refused = write ? null : "Only the owner and collaborators can end terminals.";
  const end = (id: string) => void endTerminal(id).catch((error: unknown) => setProblem(asProblem(error)));
  if (all)
    return (
      <Confirm title={`End all ${terminals.length} terminals?`} action="End all" danger onClose={() => setAll(false)} run={() => Promise.all(terminals.map((one) => endTerminal(one.id)))}>
        <p>Every program in them is ended, also what they started in the background.</p>
      </Confirm>
    );
  return (
    <Dialog title="All terminals of this workspace" wide onClose={onClose}>
      <div className="dialog-body">
        {problem && <ProblemNotice problem={problem} />}
        <ul className="terminal-rows picker">
          {terminals.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <strong className="wrap-anywhere">{one.label}</strong>
                <div className="small soft wrap-anywhere">
                  {one.process ?? "shell"}
                  {one.directory ? ` in ${one.directory}` : ""}
                </div>
                <div className="small faint">
                  {one.memory ? `${bytes(one.memory)}, ` : ""}last output <Ago at={one.lastOutput ?? one.created} />
                  {one.viewers > 0 ? `, ${one.viewers} looking` : ""}
                </div>
              </div>
              {one.state === "exited" && (
                <Pill tone="calm" icon="stopped">
                  ended
                </Pill>
              )}
              <Button icon="terminal" onClick={() => onPick(one.id)}>
                {shown.has(one.id) ? "Show" : "Attach"}
              </Button>
              <Button icon="trash" iconOnly look="danger" unavailable={refused} onClick={() => end(one.id)}>
                End {one.label}
              </Button>
            </li>
          ))}
        </ul>
        {terminals.length === 0 && <p className="soft">None is open.</p>}
      </div>
      <div className="dialog-foot">
        {terminals.length > 1 && (
          <Button look="danger" className="first" unavailable={refused} onClick={() => setAll(true)}>
            End all
          </Button>
        )}
        <Button autoFocus onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
