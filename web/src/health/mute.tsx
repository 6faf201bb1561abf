import { useState } from "react";
import { request } from "../api/client.ts";
import type { HealthCheck } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";

/** A finding that somebody knows of: still shown, not counted, for a time and with a reason. */
export function MuteDialog({ check, onClose, onMuted }: { check: HealthCheck; onClose: () => void; onMuted: () => void }) {
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState("24");
  const mute = async () => {
    await request("PUT", `/health/${encodeURIComponent(check.code)}/mute`, { body: { reason: reason.trim(), hours: Number(hours) } });
    onMuted();
  };
  return (
    <Confirm title={`Mute “${check.title}”?`} action="Mute" unavailable={reason.trim() === "" ? "Say why first." : null} onClose={onClose} run={mute}>
      <p>It stays in the list and no longer colours the dot in the bar. Who muted it, and why, is recorded.</p>
      <Field label="Why?" hint="1 to 200 characters">
        {(props) => <input {...props} className="input" required maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Field label="For">
        {(props) => (
          <select {...props} className="input" value={hours} onChange={(event) => setHours(event.target.value)}>
            <option value="1">an hour</option>
            <option value="24">a day</option>
            <option value="168">a week</option>
            <option value="720">30 days</option>
          </select>
        )}
      </Field>
    </Confirm>
  );
}
