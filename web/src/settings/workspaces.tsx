import { type FormEvent, useState } from "react";
import type { Settings } from "../api/types.ts";
import { Button, Field } from "../design/controls.tsx";
import type { Change } from "../pages/settings.tsx";

const address = /^https:\/\/[^\s@]+$/;

/** What comes with this person into every workspace that they make. */
export function OwnSettings({ value, change }: { value: Settings; change: Change }) {
  const [url, setUrl] = useState(value.dotfiles ?? "");
  const wrong = url === "" || address.test(url) ? null : "An https:// address without a user or password is expected.";
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) change((before) => ({ ...before, dotfiles: url.trim() }));
  };
  return (
    <form className="card stack" onSubmit={save}>
      <h2>Your own settings</h2>
      <p className="soft">A repository of dotfiles is cloned into each workspace that you make from now on, where its policy reaches that host. What goes wrong with it is told and does not hold the workspace up.</p>
      <Field label="Repository" wrong={wrong} hint="Empty: none">
        {(props) => <input {...props} className="input" value={url} spellCheck={false} autoCapitalize="none" autoComplete="off" placeholder="https://" onChange={(event) => setUrl(event.target.value)} />}
      </Field>
      <div className="row">
        <Button type="submit" look="primary" unavailable={wrong ?? (url.trim() === (value.dotfiles ?? "") ? "This is what is saved." : null)}>
          Save
        </Button>
      </div>
    </form>
  );
}
