import { useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Terminal } from "../api/types.ts";
import { Button } from "../design/controls.tsx";
import { Confirm, Dialog } from "../design/dialog.tsx";
import { toast } from "../shell/toasts.tsx";
import { endTerminal, renameTerminal } from "../workspaces/calls.ts";
import { labelFault } from "../workspaces/label.ts";

export function Rename({ terminal, onClose }: { terminal: Terminal; onClose: () => void }) {
  const [label, setLabel] = useState(terminal.label);
  const wrong = labelFault(label);
  return (
    <Confirm title="Rename the terminal" action="Rename" onClose={onClose} run={async () => (wrong ? undefined : renameTerminal(terminal.id, label.trim()))}>
      <div className="field">
        <label htmlFor="label">Label</label>
        <input id="label" className="input" value={label} aria-invalid={wrong ? true : undefined} aria-describedby="label-wrong" onChange={(event) => setLabel(event.target.value)} onFocus={(event) => event.target.select()} />
        <span id="label-wrong" className="hint">
          {wrong ?? " "}
        </span>
      </div>
    </Confirm>
  );
}

/** Closing a tab hides it; the programs go on. Ending them is the other choice, said in words. */
export function CloseTab({ terminals, write, onHide, onClose }: { terminals: Terminal[]; write: boolean; onHide: () => void; onClose: () => void }) {
  const running = terminals.filter((one) => one.state === "running");
  const end = async () => {
    try {
      await Promise.all(terminals.map((one) => endTerminal(one.id)));
      onHide();
    } catch (error) {
      toast({ kind: "bad", text: asProblem(error).detail });
    }
  };
  return (
    <Dialog title="Close this tab?" onClose={onClose}>
      <div className="dialog-body">
        {running.length > 0 ? (
          <>
            <p>Still running ({running.length}). Closing the tab only hides {running.length === 1 ? "it" : "them"}; “All terminals” brings it back.</p>
            <ul className="plan-list soft">
              {running.map((one) => (
                <li key={one.id}>
                  {one.label}
                  {one.process ? `: ${one.process}` : ""}
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p>What ran here has ended.</p>
        )}
      </div>
      <div className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" unavailable={write ? null : "Only the owner and collaborators can end terminals."} onClick={() => void end()}>
          End instead
        </Button>
        <Button look="primary" autoFocus onClick={onHide}>
          Close the tab
        </Button>
      </div>
    </Dialog>
  );
}
