import type { TemplateParameter } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import { type Value, isNumber } from "./parameter-rules.ts";

export function ParameterField({ parameter, value, wrong, onChange }: { parameter: TemplateParameter; value: Value; wrong: string | null; onChange: (value: Value) => void }) {
  const label = parameter.label ?? parameter.name;
  if (parameter.type === "boolean")
    return (
      <label className="check">
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} />
        <span>
          {label}
          {parameter.description && <span className="hint small faint"> {parameter.description}</span>}
        </span>
      </label>
    );
  const range = isNumber(parameter) ? [parameter.min, parameter.max].filter((bound) => typeof bound === "number").join(" to ") : "";
  return (
    <Field label={label} hint={parameter.description ?? range} wrong={wrong}>
      {(props) =>
        parameter.choices && parameter.choices.length > 0 ? (
          <select {...props} className="input" value={String(value)} onChange={(event) => onChange(event.target.value)}>
            {value === "" && <option value="">Choose…</option>}
            {parameter.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : isNumber(parameter) ? (
          <input
            {...props}
            className="input"
            type="number"
            value={String(value)}
            step={parameter.type === "integer" ? 1 : "any"}
            min={parameter.min ?? undefined}
            max={parameter.max ?? undefined}
            onChange={(event) => onChange(event.target.value === "" ? "" : Number(event.target.value))}
          />
        ) : (
          <input {...props} className="input" value={String(value)} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
