import type { Preset, TemplateParameter } from "../api/types.ts";

/** What the form begins with: the preset's, else the template's own. */
export const initial = (parameter: TemplateParameter, preset?: Preset | null): string => preset?.parameters[parameter.name] ?? parameter.default ?? "";

/** The template's rule, checked while typing. The server checks again and has the last word. */
export function parameterFault(parameter: TemplateParameter, value: string): string | null {
  if (value === "") return parameter.default === null || parameter.default === undefined ? "It needs a value." : null;
  if (parameter.type === "number") {
    const number = Number(value);
    if (!Number.isFinite(number)) return "It has to be a number.";
    if (number < (parameter.min ?? -Infinity)) return `At least ${parameter.min}.`;
    if (number > (parameter.max ?? Infinity)) return `At most ${parameter.max}.`;
  }
  if (parameter.pattern) {
    try {
      if (!new RegExp(`^(?:${parameter.pattern})$`, "u").test(value)) return `It has to match ${parameter.pattern}.`;
    } catch {
      // A pattern in another dialect: only the server can say.
    }
  }
  return null;
}
