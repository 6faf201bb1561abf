import { useState } from "react";
import type { Workspace } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { navigate } from "../router/router.tsx";
import { address } from "../router/routes.ts";
import { toast } from "../shell/toasts.tsx";
import { objects } from "../stores/objects.ts";
import { changeWorkspace, duplicate, restore, transfer } from "./calls.ts";
import { commands } from "./commands.ts";
import { labelFault, nameFault } from "./label.ts";
import { PersonField } from "./person-field.tsx";

interface DialogProps {
  workspace: Workspace;
  onClose: () => void;
}

const show = (workspace: Workspace) => navigate(address.workspace(workspace.owner.address, workspace.name));

function NameField({ label = "Name", value, hint, onChange }: { label?: string; value: string; hint: string; onChange: (value: string) => void }) {
  return (
    <Field label={label} hint={hint} wrong={value === "" ? null : nameFault(value)}>
      {(props) => <input {...props} className="input" value={value} required spellCheck={false} autoCapitalize="none" autoComplete="off" onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function Rename({ workspace, onClose }: DialogProps) {
  const now = objects.get().workspaces.get(workspace.id) ?? workspace;
  const [title, setTitle] = useState(now.title);
  const [name, setName] = useState(now.name);
  const wrong = title.trim() === now.title ? null : labelFault(title);
  const save = async () => {
    if (wrong || nameFault(name)) return;
    await changeWorkspace(workspace.id, { ...(title.trim() === now.title ? {} : { title: title.trim() }), ...(name === now.name ? {} : { name }) });
  };
  return (
    <Confirm title="Rename" action="Save" unavailable={wrong ?? nameFault(name)} command={commands.rename(now, name, title.trim())} onClose={onClose} run={save}>
      <Field label="Title" wrong={wrong} hint="For people">
        {(props) => <input {...props} className="input" value={title} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
      <NameField value={name} hint="For addresses and commands. Links with the old name lead here for 30 days." onChange={setName} />
    </Confirm>
  );
}

export function Duplicate({ workspace, onClose }: DialogProps) {
  const [name, setName] = useState(`${workspace.name.slice(0, 27)}-copy`);
  const make = async () => show(await duplicate(workspace.id, { name }));
  return (
    <Confirm title={`Duplicate ${workspace.title || workspace.name}?`} action="Duplicate" unavailable={nameFault(name)} command={commands.duplicate(workspace, name)} onClose={onClose} run={make}>
      <p>You get another workspace of your own with a copy of the home as it is now, and the same template and policies. Programs that run are not copied.</p>
      <NameField value={name} hint="The name of the copy" onChange={setName} />
    </Confirm>
  );
}

export function Transfer({ workspace, onClose }: DialogProps) {
  const [person, setPerson] = useState("");
  const [keep, setKeep] = useState("");
  const [name, setName] = useState(workspace.name);
  const give = async () => {
    const moved = await transfer(workspace.id, { owner: person.trim(), ...(keep ? { keep } : {}), ...(name === workspace.name ? {} : { name }) });
    toast({ kind: "good", text: `${moved.title || moved.name} belongs to ${moved.owner.name} now.` });
    if (keep) show(moved);
    else navigate("/");
  };
  return (
    <Confirm
      title={`Transfer ${workspace.title || workspace.name}?`}
      action="Transfer"
      danger
      unavailable={person.trim() === "" ? "Say to whom." : nameFault(name)}
      command={commands.transfer(workspace, person.trim(), keep, name)}
      onClose={onClose}
      run={give}
    >
      <p>Its home, its terminals and the right to share and delete it go to another person. What runs goes on.</p>
      <PersonField label="New owner" value={person} onChange={setPerson} />
      <Field label="You keep">
        {(props) => (
          <select {...props} className="input" value={keep} onChange={(event) => setKeep(event.target.value)}>
            <option value="">nothing</option>
            <option value="viewer">a look: viewer</option>
            <option value="collaborator">typing: collaborator</option>
          </select>
        )}
      </Field>
      <NameField label="Its name there" value={name} hint="Another one, where the new owner has this name already" onChange={setName} />
    </Confirm>
  );
}

export function Restore({ workspace, onClose }: DialogProps) {
  const [name, setName] = useState(workspace.name);
  const back = async () => {
    const restored = await restore(workspace.id, name === workspace.name ? {} : { name });
    toast({ kind: "good", text: `${restored.title || restored.name} is back, stopped.` });
    show(restored);
  };
  return (
    <Confirm title={`Restore ${workspace.title || workspace.name}?`} action="Restore" unavailable={nameFault(name)} command={commands.restore(workspace, name)} onClose={onClose} run={back}>
      <p>It comes back with its home and files, stopped. Its terminals have ended.</p>
      <NameField value={name} hint="Another one, where its name is in use again" onChange={setName} />
    </Confirm>
  );
}
