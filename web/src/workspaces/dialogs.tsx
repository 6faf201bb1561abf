import { useState } from "react";
import type { Workspace } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { objects } from "../stores/objects.ts";
import { deleteWorkspace, renameWorkspace, restart, stop } from "./calls.ts";
import { commands } from "./commands.ts";

export type Asked = "stop" | "restart" | "delete" | "rename";

export function ActionDialog({ workspace, asked, onClose }: { workspace: Workspace; asked: Asked; onClose: () => void }) {
  const open = workspace.terminals.open;
  const ends = open > 0 ? `${open} open ${open === 1 ? "terminal ends" : "terminals end"}, and every program in ${open === 1 ? "it" : "them"}.` : "No terminal is open.";
  switch (asked) {
    case "stop":
      return (
        <Confirm title={`Stop ${workspace.title || workspace.name}?`} action="Stop" command={commands.stop(workspace)} onClose={onClose} run={() => stop(workspace.id)}>
          <p>{ends} Its home and files stay as they are.</p>
        </Confirm>
      );
    case "restart":
      return (
        <Confirm title={`Restart ${workspace.title || workspace.name}?`} action="Restart" command={commands.restart(workspace)} onClose={onClose} run={() => restart(workspace.id)}>
          <p>{ends} Then it starts again with the same files.</p>
        </Confirm>
      );
    case "delete":
      return (
        <Confirm title={`Delete ${workspace.title || workspace.name}?`} action="Delete" danger command={commands.remove(workspace)} onClose={onClose} run={() => deleteWorkspace(workspace.id, workspace.observed === "unknown")}>
          <p>
            {ends} {workspace.observed === "unknown" ? <strong>Its home is deleted at once, because it can't be reached.</strong> : "Its home is kept for 7 days and can be restored until then; after that its files are gone."}
          </p>
        </Confirm>
      );
    case "rename":
      return <Rename workspace={workspace} onClose={onClose} />;
  }
}

/** Letters that turn the direction of text, and control characters: a title of these could pass for another. */
const forbidden = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

export function labelFault(text: string): string | null {
  if (text.trim().length === 0) return "It needs at least one character.";
  if ([...text].length > 60) return `It has ${[...text].length} characters; 60 are allowed.`;
  return forbidden.test(text) ? "It holds a control character or one that turns the direction of text." : null;
}

function Rename({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const [title, setTitle] = useState((objects.get().workspaces.get(workspace.id) ?? workspace).title);
  const wrong = labelFault(title);
  return (
    <Confirm
      title="Change the title"
      action="Save"
      onClose={onClose}
      run={async () => {
        if (!wrong) await renameWorkspace(workspace.id, title.trim());
      }}
    >
      <Field label="Title" wrong={wrong} hint={`The name ${workspace.name} and the address stay.`}>
        {(props) => <input {...props} className="input" value={title} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
    </Confirm>
  );
}
