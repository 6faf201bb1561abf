import type { Me } from "../api/types.ts";
import { asProblem } from "../api/client.ts";
import { Segments } from "../design/controls.tsx";
import { useCurrentInView } from "../design/current-in-view.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { Link } from "../router/router.tsx";
import { KeySettings } from "../settings/keys.tsx";
import { OwnSettings } from "../settings/workspaces.tsx";
import { Sessions } from "../settings/sessions.tsx";
import { TerminalLook } from "../settings/terminal.tsx";
import { Tokens } from "../settings/tokens.tsx";
import { useTitle } from "../shell/title.ts";
import { toast } from "../shell/toasts.tsx";
import { changeSettings, settings } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import type { Settings } from "../api/types.ts";

const sections: readonly (readonly [string, string, IconName])[] = [
  ["appearance", "Appearance", "eye"],
  ["terminal", "Terminal", "terminal"],
  ["keys", "Keys", "keyboard"],
  ["workspaces", "Workspaces", "home"],
  ["sessions", "Sessions", "person"],
  ["tokens", "API tokens", "key"],
];

export type Change = (change: (value: Settings) => Settings) => void;

export default function SettingsPage({ me, section }: { me: Me; section: string }) {
  useTitle("Settings");
  const { value } = useStore(settings);
  const row = useCurrentInView(section);
  const change: Change = (by) => void changeSettings(by).catch((error: unknown) => toast({ kind: "bad", text: `Not saved: ${asProblem(error).detail}` }));
  return (
    <div className="page">
      <h1>Settings</h1>
      <div className="settings">
        <nav ref={row} className="side" aria-label="Settings">
          {sections.map(([id, text, icon]) => (
            <Link key={id} href={`/settings/${id}`} aria-current={section === id ? "page" : undefined}>
              <Icon name={icon} />
              {text}
            </Link>
          ))}
        </nav>
        <div className="stack">
          {section === "appearance" && <Appearance value={value} change={change} />}
          {section === "terminal" && <TerminalLook value={value} change={change} />}
          {section === "keys" && <KeySettings value={value} change={change} />}
          {section === "workspaces" && <OwnSettings value={value} change={change} />}
          {section === "sessions" && <Sessions me={me} />}
          {section === "tokens" && <Tokens me={me} />}
        </div>
      </div>
    </div>
  );
}

function Appearance({ value, change }: { value: Settings; change: Change }) {
  return (
    <section className="card">
      <h2>Appearance</h2>
      <div className="setting">
        <div>
          <h3>Theme</h3>
          <p className="small soft">Saved on the server, so every device shows the same, from the first moment.</p>
        </div>
        <Segments
          label="Theme"
          value={value.theme}
          options={[
            ["system", "As the system"],
            ["light", "Light"],
            ["dark", "Dark"],
          ]}
          onChange={(theme) => change((before) => ({ ...before, theme }))}
        />
      </div>
      <div className="setting">
        <div>
          <h3>Motion</h3>
          <p className="small soft">Follows the system: where it asks for less motion, nothing moves here.</p>
        </div>
      </div>
    </section>
  );
}
