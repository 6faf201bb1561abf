import type { TemplateParameter } from "../api/types.ts";
import { Field } from "../design/controls.tsx";

export function ParameterField({ parameter, value, wrong, onChange }: { parameter: TemplateParameter; value: string; wrong: string | null; onChange: (value: string) => void }) {
  const number = parameter.type === "number";
  const [min, max] = [parameter.min ?? undefined, parameter.max ?? undefined];
  const range = !number || (min === undefined && max === undefined) ? "" : max === undefined ? `${min} or more` : min === undefined ? `at most ${max}` : `${min} to ${max}`;
  const hint = [parameter.help, range, parameter.type === "secret" && "The name of a credential; its value stays with the gateway."].filter(Boolean).join(" · ");
  return (
    <Field label={parameter.label ?? parameter.name} hint={hint} wrong={wrong}>
      {(props) =>
        parameter.choices && parameter.choices.length > 0 ? (
          <select {...props} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
            {!parameter.choices.includes(value) && <option value={value}>{value || "Choose…"}</option>}
            {parameter.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          <input {...props} className="input" inputMode={number ? "decimal" : undefined} value={value} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
