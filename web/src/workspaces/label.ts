/** Letters that turn the direction of text, and control characters: a title of these could pass for another. */
const forbidden = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

export function labelFault(text: string): string | null {
  if (text.trim().length === 0) return "It needs at least one character.";
  if ([...text].length > 60) return `It has ${[...text].length} characters; 60 are allowed.`;
  return forbidden.test(text) ? "It holds a control character or one that turns the direction of text." : null;
}

const namePattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

export const nameFault = (name: string): string | null => (namePattern.test(name) ? null : "Small letters, digits and hyphens, 1 to 32, with no hyphen at the ends.");
