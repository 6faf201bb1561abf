/** The words of a search, as far as the page itself needs them: its menus write the same that a person would. What they mean, only the server says. */
export interface Term {
  text: string;
  key: string | null;
  value: string;
}

export function parseSearch(text: string): Term[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([word]) => {
    const colon = word.indexOf(":");
    const key = colon > 0 ? word.slice(0, colon).toLowerCase() : null;
    return key === null || !/^[a-z]+$/.test(key) ? { text: word, key: null, value: word } : { text: word, key, value: word.slice(colon + 1).replaceAll('"', "") };
  });
}

/** Sets or takes away one filter. */
export function withTerm(text: string, key: string, value: string | null): string {
  const rest = parseSearch(text)
    .filter((term) => term.key !== key)
    .map((term) => term.text);
  return (value === null ? rest : [...rest, `${key}:${value}`]).join(" ");
}
