import { useEffect } from "react";
import { chords } from "../shell/keys.ts";

/** After the leader: what the next key does. Any other key only closes this. */
export function Chord({ onKey, onClose }: { onKey: (key: string) => void; onClose: () => void }) {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") onClose();
      else onKey(event.key);
    };
    window.addEventListener("keydown", down, true);
    return () => window.removeEventListener("keydown", down, true);
  });
  return (
    <div className="chord" role="dialog" aria-label="Terminal command: press a key">
      {chords.map((one) => (
        <div key={one.key}>
          <kbd>{one.key}</kbd>
          <span>{one.does}</span>
        </div>
      ))}
      <div>
        <kbd>Esc</kbd>
        <span>Cancel</span>
      </div>
    </div>
  );
}
