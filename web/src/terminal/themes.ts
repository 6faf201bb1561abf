import type { TerminalSettings } from "../api/types.ts";

/** Background, foreground, cursor, selection, then the sixteen colours in their order. */
type Colours = readonly [name: string, background: string, foreground: string, cursor: string, selection: string, sixteen: string];

const table: Record<string, Colours> = {
  dark: ["Dark", "#0c1215", "#dfe7e7", "#6fd6cb", "#2a4a4c", "#1a2429 #ff8f85 #7bd49a #f0bd6a #8fb8f5 #d3a4f0 #6fd6cb #c9d3d3 #5d7077 #ffb0a8 #a0e5b7 #ffd792 #b4d0fb #e4c4f8 #a3ece3 #ffffff"],
  light: ["Light", "#ffffff", "#1c2826", "#0b6068", "#cfe5e3", "#1c2826 #b02a2a #1b6b3a #8a5300 #2a5aa8 #7c3a9c #0b6068 #66716e #4d5a58 #c93d3d #24834a #a56700 #3b70c4 #9650b8 #14767f #16211f"],
  dracula: ["Dracula", "#282a36", "#f8f8f2", "#f8f8f2", "#44475a", "#21222c #ff5555 #50fa7b #f1fa8c #bd93f9 #ff79c6 #8be9fd #f8f8f2 #6272a4 #ff6e6e #69ff94 #ffffa5 #d6acff #ff92df #a4ffff #ffffff"],
  "solarized-dark": ["Solarized Dark", "#002b36", "#93a1a1", "#93a1a1", "#0f4653", "#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #eee8d5 #586e75 #cb4b16 #859900 #b58900 #839496 #6c71c4 #93a1a1 #fdf6e3"],
  "solarized-light": ["Solarized Light", "#fdf6e3", "#586e75", "#586e75", "#e3dcc6", "#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #93a1a1 #002b36 #cb4b16 #586e75 #657b83 #839496 #6c71c4 #93a1a1 #fdf6e3"],
  nord: ["Nord", "#2e3440", "#d8dee9", "#d8dee9", "#434c5e", "#3b4252 #bf616a #a3be8c #ebcb8b #81a1c1 #b48ead #88c0d0 #e5e9f0 #4c566a #bf616a #a3be8c #ebcb8b #81a1c1 #b48ead #8fbcbb #eceff4"],
  monokai: ["Monokai", "#272822", "#f8f8f2", "#f8f8f0", "#49483e", "#272822 #f92672 #a6e22e #f4bf75 #66d9ef #ae81ff #a1efe4 #f8f8f2 #75715e #f92672 #a6e22e #f4bf75 #66d9ef #ae81ff #a1efe4 #f9f8f5"],
  "github-dark": ["GitHub Dark", "#0d1117", "#e6edf3", "#2f81f7", "#264f78", "#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff"],
  "high-contrast": ["High contrast", "#000000", "#ffffff", "#ffff00", "#0000ee", "#000000 #ff6060 #40ff40 #ffff40 #80a0ff #ff80ff #40ffff #ffffff #a0a0a0 #ff9090 #90ff90 #ffff90 #b0c0ff #ffb0ff #90ffff #ffffff"],
};

export const themeNames: readonly (readonly [string, string])[] = [["system", "As the page"], ...Object.entries(table).map(([id, colours]) => [id, colours[0]] as const)];
export const fonts = ["JetBrains Mono", "Fira Code", "Source Code Pro", "Cascadia Code", "IBM Plex Mono"] as const;

const order = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** The colours of a theme; an own one is JSON with xterm.js' names. What is unknown or broken is the page's own. */
export function themeOf(name: string | undefined, dark: boolean): Record<string, string> {
  if (name?.startsWith("{")) return { ...themeOf(undefined, dark), ...ownTheme(name) };
  const [, background, foreground, cursor, selectionBackground, sixteen] = (name && Object.hasOwn(table, name) ? table[name] : table[dark ? "dark" : "light"])!;
  const theme: Record<string, string> = { background, foreground, cursor, cursorAccent: background, selectionBackground };
  sixteen.split(" ").forEach((colour, index) => {
    const plain = order[index % 8]!;
    theme[index < 8 ? plain : `bright${plain[0]!.toUpperCase()}${plain.slice(1)}`] = colour;
  });
  return theme;
}

/** Only known names with plain colours are taken over. */
export function ownTheme(text: string): Record<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const known = new Set(Object.keys(themeOf("dark", true)));
    return Object.fromEntries(Object.entries(value).filter(([key, colour]) => known.has(key) && typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour))) as Record<string, string>;
  } catch {
    return null;
  }
}

export interface Appearance {
  font: string;
  fontSize: number;
  theme: string;
  minimumContrast: number;
  cursorBlink: boolean;
  clipboard: boolean;
  screenReader: boolean;
}

/** What was saved, made safe: the server keeps settings as they came. */
export function appearanceOf(saved: TerminalSettings): Appearance {
  const within = (value: unknown, low: number, high: number, otherwise: number) => (typeof value === "number" && value >= low && value <= high ? value : otherwise);
  return {
    font: (fonts as readonly string[]).includes(saved.font ?? "") ? saved.font! : fonts[0],
    fontSize: within(saved.fontSize, 8, 32, 14),
    theme: saved.theme ?? "system",
    minimumContrast: within(saved.minimumContrast, 1, 21, 1),
    cursorBlink: saved.cursorBlink !== false,
    clipboard: saved.clipboard !== false,
    screenReader: saved.screenReader === true,
  };
}
