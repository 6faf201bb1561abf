import "../terminal/fonts.css";
import { useState } from "react";
import type { Settings, TerminalSettings } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import type { Change } from "../pages/settings.tsx";
import { appearanceOf, fonts, ownTheme, themeNames, themeOf } from "../terminal/themes.ts";

export function TerminalLook({ value, change }: { value: Settings; change: Change }) {
  const look = appearanceOf(value.terminal);
  const set = (part: TerminalSettings) => change((before) => ({ ...before, terminal: { ...before.terminal, ...part } }));
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (value.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const own = look.theme.startsWith("{");
  const [json, setJson] = useState(own ? look.theme : "");
  const wrong = json !== "" && !ownTheme(json) ? "This is no JSON object." : null;
  return (
    <>
      <section className="card stack">
        <h2>Colours</h2>
        <div className="theme-grid" role="radiogroup" aria-label="Colours of terminals">
          {themeNames.map(([id, name]) => {
            const colours = themeOf(id === "system" ? undefined : id, dark);
            return (
              <button
                key={id}
                type="button"
                role="radio"
                aria-checked={look.theme === id}
                className="theme-swatch"
                style={{ background: colours["background"], color: colours["foreground"] }}
                onClick={() => set({ theme: id })}
              >
                {name}
                <span className="dots" aria-hidden="true">
                  {["red", "green", "yellow", "blue", "magenta", "cyan"].map((colour) => (
                    <span key={colour} style={{ background: colours[colour] }} />
                  ))}
                </span>
              </button>
            );
          })}
        </div>
        <details open={own}>
          <summary>Own colours, as JSON</summary>
          <Field label="Colours" wrong={wrong} hint={'For example {"background": "#101418", "foreground": "#e0e0e0", "red": "#ff8888"}. What is left out is the page’s.'}>
            {(props) => (
              <textarea
                {...props}
                className="input"
                spellCheck={false}
                value={json}
                onChange={(event) => setJson(event.target.value)}
                onBlur={() => json !== "" && !wrong && set({ theme: json })}
              />
            )}
          </Field>
        </details>
      </section>
      <section className="card">
        <h2>Text</h2>
        <Row title="Font" text="All come from this server.">
          <select className="input" aria-label="Font" value={look.font} onChange={(event) => set({ font: event.target.value })}>
            {fonts.map((font) => (
              <option key={font}>{font}</option>
            ))}
          </select>
        </Row>
        <Row title="Size" text={`${look.fontSize} px`}>
          <input type="range" aria-label="Size" min={8} max={32} value={look.fontSize} onChange={(event) => set({ fontSize: Number(event.target.value) })} />
        </Row>
        <Row title="Least contrast" text={look.minimumContrast === 1 ? "Colours as the program sets them" : `${look.minimumContrast}:1, where a program sets less`}>
          <input type="range" aria-label="Least contrast" min={1} max={21} step={0.5} value={look.minimumContrast} onChange={(event) => set({ minimumContrast: Number(event.target.value) })} />
        </Row>
        <pre className="raw sample" style={{ fontFamily: `"${look.font}", monospace`, fontSize: `${look.fontSize}px` }}>{"~/projects $ git status\nOn branch main, 0O 1lI {} => != “quoted”"}</pre>
      </section>
      <section className="card">
        <h2>Behaviour</h2>
        <Check title="The cursor blinks" value={look.cursorBlink} onChange={(cursorBlink) => set({ cursorBlink })} />
        <Check title="Programs may write to my clipboard" text="A notice tells each time. Reading it is always refused." value={look.clipboard} onChange={(clipboard) => set({ clipboard })} />
        <Check title="For screen readers" text="Output is put into a live region." value={look.screenReader} onChange={(screenReader) => set({ screenReader })} />
      </section>
    </>
  );
}

function Row({ title, text, children }: { title: string; text?: string; children: React.ReactNode }) {
  return (
    <div className="setting">
      <div>
        <h3>{title}</h3>
        {text && <p className="small soft">{text}</p>}
      </div>
      {children}
    </div>
  );
}

function Check({ title, text, value, onChange }: { title: string; text?: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <div className="setting">
      <label className="check">
        <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
        <span>
          {title}
          {text && <span className="small soft"> {text}</span>}
        </span>
      </label>
    </div>
  );
}
