import type { TemplateParameter } from "../api/types.ts";
import { Field } from "../design/controls.tsx";

export type Value = string | number | boolean;

export function initial(parameter: TemplateParameter): Value {
  const value = parameter.default;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return parameter.type === "boolean" ? false : "";
}

const isNumber = (parameter: TemplateParameter): boolean => parameter.type === "number" || parameter.type === "integer";

/** The template's rule, checked while typing. The server checks again and has the last word. */
export function parameterFault(parameter: TemplateParameter, value: Value | undefined): string | null {
  if (value === undefined || value === "") return parameter.required ? "It needs a value." : null;
  if (isNumber(parameter)) {
    const number = Number(value);
    if (!Number.isFinite(number) || (parameter.type === "integer" && !Number.isInteger(number))) return "It has to be a number.";
    if (parameter.min !== null && parameter.min !== undefined && number < parameter.min) return `At least ${parameter.min}.`;
    if (parameter.max !== null && parameter.max !== undefined && number > parameter.max) return `At most ${parameter.max}.`;
  }
  if (typeof value === "string" && parameter.pattern) {
    try {
      if (!new RegExp(`^(?:${parameter.pattern})$`, "u").test(value)) return `It has to match ${parameter.pattern}.`;
    } catch {
      // A pattern in another dialect: only the server can say.
    }
  }
  return null;
}

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
  const range = isNumber(parameter) && (parameter.min ?? parameter.max) !== null ? [parameter.min, parameter.max].filter((bound) => bound !== null && bound !== undefined).join(" to ") : "";
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
            {...(parameter.min !== null ? { min: parameter.min } : {})}
            {...(parameter.max !== null ? { max: parameter.max } : {})}
            onChange={(event) => onChange(event.target.value === "" ? "" : Number(event.target.value))}
          />
        ) : (
          <input {...props} className="input" value={String(value)} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
