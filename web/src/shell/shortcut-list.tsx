import { Dialog } from "../design/dialog.tsx";
import { Link } from "../router/router.tsx";
import { chords, keysOf, shortcuts } from "./keys.ts";

export function Keys({ text }: { text: string }) {
  return (
    <span className="keys">
      {text.split("+").map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

export function ShortcutList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Shortcuts" wide onClose={onClose}>
      <div className="dialog-body shortcut-list">
        <dl>
          {shortcuts.map((one) => (
            <div key={one.id}>
              <dt>
                <Keys text={keysOf(one.id)} />
              </dt>
              <dd>
                {one.does} <span className="small faint">({one.where})</span>
              </dd>
            </div>
          ))}
        </dl>
        <h3>
          In a terminal, after <Keys text={keysOf("leader")} />
        </h3>
        <dl className="two-columns">
          {chords.map((chord) => (
            <div key={chord.key}>
              <dt>
                <kbd>{chord.key}</kbd>
              </dt>
              <dd>{chord.does}</dd>
            </div>
          ))}
        </dl>
        <p className="small soft">
          All other keys belong to the program in the terminal. <Link href="/settings/keys" onClick={onClose}>Change these keys</Link>
        </p>
      </div>
    </Dialog>
  );
}
