import { useState } from "react";
import type { Settings } from "../api/types.ts";
import { Button } from "../design/controls.tsx";
import type { Change } from "../pages/settings.tsx";
import { keysOf, nameOf, shortcuts } from "../shell/keys.ts";
import { Keys } from "../shell/shortcut-list.tsx";

/** Chrome, Edge, Firefox or Safari keep these for themselves; a page never sees them. */
const kept = /^(Ctrl|Meta)\+(Shift\+)?[TWN]$|^Alt\+F4$|^(Ctrl|Meta)\+[Q]$/;

export function KeySettings({ value, change }: { value: Settings; change: Change }) {
  const [listening, setListening] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const set = (id: string, keys: string | null) =>
    change((before) => {
      const rest = Object.fromEntries(Object.entries(before.keys).filter(([key]) => key !== id));
      return { ...before, keys: keys === null ? rest : { ...rest, [id]: keys } };
    });
  return (
    <section className="card">
      <h2>Keys</h2>
      {shortcuts.map((one) => (
        <div key={one.id} className="setting">
          <div>
            <h3>{one.does}</h3>
            <p className="small soft">Works {one.where}.</p>
          </div>
          <div className="row">
            <Keys text={keysOf(one.id)} />
            <Button
              aria-pressed={listening === one.id}
              onClick={() => setListening(one.id)}
              onBlur={() => setListening(null)}
              onKeyDown={(event) => {
                if (listening !== one.id || ["Control", "Shift", "Alt", "Meta", "Tab"].includes(event.key)) return;
                event.preventDefault();
                event.stopPropagation();
                const keys = nameOf(event.nativeEvent);
                if (event.key === "Escape") setListening(null);
                else if (!keys.includes("+")) setWrong("Use Ctrl, Alt or Meta with a key, so that typing stays typing.");
                else if (kept.test(keys)) setWrong(`Browsers keep ${keys} for themselves.`);
                else {
                  setWrong(null);
                  setListening(null);
                  set(one.id, keys);
                }
              }}
            >
              {listening === one.id ? "Press the keys" : "Change"}
            </Button>
            {value.keys[one.id] && (
              <Button look="quiet" onClick={() => set(one.id, null)}>
                As it was
              </Button>
            )}
          </div>
        </div>
      ))}
      <p role="alert" className="small">
        {wrong}
      </p>
    </section>
  );
}
