import type { TemplateParameter } from "../api/types.ts";

export type Value = string | number | boolean;

export function initial(parameter: TemplateParameter): Value {
  const value = parameter.default;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return parameter.type === "boolean" ? false : "";
}

export const isNumber = (parameter: TemplateParameter): boolean => parameter.type === "number" || parameter.type === "integer";

/** The template's rule, checked while typing. The server checks again and has the last word. */
export function parameterFault(parameter: TemplateParameter, value: Value | undefined): string | null {
  if (value === undefined || value === "") return parameter.required ? "It needs a value." : null;
  if (isNumber(parameter)) {
    const number = Number(value);
    if (!Number.isFinite(number) || (parameter.type === "integer" && !Number.isInteger(number))) return "It has to be a number.";
    if (number < (parameter.min ?? -Infinity)) return `At least ${parameter.min}.`;
    if (number > (parameter.max ?? Infinity)) return `At most ${parameter.max}.`;
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
