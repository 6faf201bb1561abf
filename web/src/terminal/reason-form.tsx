import { type FormEvent, useState } from "react";
import { reasons } from "../api/client.ts";
import { Button, Field, Notice } from "../design/controls.tsx";

/** An admin's way into what is somebody else's: open, with a reason, recorded. */
export function ReasonForm({ title }: { title: string }) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reasons.set(text.trim());
  };
  return (
    <form className="page narrow" onSubmit={submit}>
      <h1>{title}</h1>
      <Notice icon="eye">
        <p>As an admin you may look, with a reason. It is recorded together with what you open.</p>
      </Notice>
      <Field label="Why?" hint="1 to 200 characters">
        {(props) => <input {...props} className="input" required maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <div className="row">
        <Button type="submit" look="primary" unavailable={text.trim() === "" ? "Say why first." : null}>
          Open
        </Button>
      </div>
    </form>
  );
}
