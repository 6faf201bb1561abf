/** Rules for text that comes from a clipboard, a drop or a link: it must not be able to end its own paste, nor press keys. */

/** Without the end-of-paste sequence and control characters other than tab and newline. Line ends become \r, which is what Enter sends. */
export function cleanPaste(text: string): string {
  return text
    .replace(/(?:\x1b\[|\u009b)20[01]~/g, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .replaceAll("\n", "\r");
}

/** Several lines into a program that can't tell a paste from typing would run at once: a person is asked first. */
export const asksFirst = (clean: string, bracketed: boolean): boolean => !bracketed && clean.trimEnd().includes("\r");

/** A path as one word of a shell. */
export const quotePath = (path: string): string => (/^[A-Za-z0-9._/~+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

/** Text with what can't be seen made visible, for a person who decides about it. */
export function visible(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0)!;
      if (character === "\n") return "⏎\n";
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      if (code === 0x7f) return "␡";
      return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(character) ? `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]` : character;
    })
    .join("");
}

/** Where a link may lead: web addresses only. `null` is dead text. */
export function linkTarget(text: string): URL | null {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

/** The text of an OSC 52 write of at most 100 KB; null for a question, for too much and for what is no base64. */
export function clipboardWrite(data: string): string | null {
  const semicolon = data.indexOf(";");
  const body = data.slice(semicolon + 1);
  if (semicolon < 0 || body === "" || body === "?" || body.length > 136_536) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(body), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
