/**
 * How well `text` answers `query`: every letter in order, best where letters touch or begin a word. Null: not at all.
 * Lower-cased input is expected, so that ten thousand candidates are not lower-cased at each key.
 */
export function score(query: string, text: string): number | null {
  if (query === "") return 0;
  const direct = text.indexOf(query);
  if (direct >= 0) return 1000 - direct - text.length / 100 + (direct === 0 || !isWord(text.charCodeAt(direct - 1)) ? 500 : 0);
  let points = 0;
  let at = -1;
  for (const letter of query) {
    if (letter === " ") continue;
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    points += next === at + 1 ? 8 : next === 0 || !isWord(text.charCodeAt(next - 1)) ? 6 : 1;
    at = next;
  }
  return points - text.length / 100;
}

const isWord = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code > 127;

/** The best few of many. */
export function best<T>(query: string, candidates: readonly T[], textOf: (candidate: T) => string, limit: number): T[] {
  const plain = query.trim().toLowerCase();
  const found: { candidate: T; points: number; index: number }[] = [];
  candidates.forEach((candidate, index) => {
    const points = score(plain, textOf(candidate));
    if (points !== null) found.push({ candidate, points, index });
  });
  return found
    .sort((a, b) => b.points - a.points || a.index - b.index)
    .slice(0, limit)
    .map((one) => one.candidate);
}
