/** The list's search: `owner:me status:failed template:x outdated:true idle:>2d why:budget` and free words. Bad terms are marked and left out. */
export interface Term {
  text: string;
  start: number;
  key: string | null;
  value: string;
  wrong: string | null;
}

const states = ["queued", "provisioning", "starting", "running", "stopping", "stopped", "archived", "failed", "deleting", "unknown"];

type Rule = (value: string) => string | null;
const rules: Record<string, Rule> = {
  owner: (value) => (value ? null : "owner: needs me or an address"),
  status: (value) => (states.includes(value) ? null : `there is no state “${value}”; there are ${states.join(", ")}`),
  template: (value) => (value ? null : "template: needs a name"),
  outdated: (value) => (value === "true" || value === "false" ? null : "outdated: is true or false"),
  idle: (value) => (/^[<>]\d+[mhd]$/.test(value) ? null : "idle: needs > or <, a number and m, h or d, as in idle:>2d"),
  why: (value) => (value ? null : "why: needs a word of the reason"),
  name: (value) => (value ? null : "name: needs a name"),
};

export const searchKeys = Object.keys(rules);

export function parseSearch(text: string): Term[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map((match) => {
    const word = match[0];
    const colon = word.indexOf(":");
    const key = colon > 0 ? word.slice(0, colon).toLowerCase() : null;
    if (key === null || !/^[a-z]+$/.test(key)) return { text: word, start: match.index, key: null, value: word, wrong: null };
    const value = word.slice(colon + 1).replaceAll('"', "");
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    const wrong = rule ? rule(value) : `there is no filter “${key}”; there are ${searchKeys.join(", ")}`;
    return { text: word, start: match.index, key, value, wrong };
  });
}

/** Sets or takes away one filter, as the menus do; they write the same words that a person would. */
export function withTerm(text: string, key: string, value: string | null): string {
  const rest = parseSearch(text)
    .filter((term) => term.key !== key)
    .map((term) => term.text);
  return (value === null ? rest : [...rest, `${key}:${value}`]).join(" ");
}
