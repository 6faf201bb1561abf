import { type ReactNode, useEffect, useState } from "react";
import type { Me } from "../api/types.ts";
import { get } from "../api/client.ts";
import { Button } from "../design/controls.tsx";
import { Icon, Mark } from "../design/icon.tsx";
import { useNow } from "../design/time.tsx";
import { events } from "../events/stream.ts";
import { Link, navigate, useRoute } from "../router/router.tsx";
import { may, signOut } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { CommandBar } from "./command-bar.tsx";
import { health, useHealthWatch } from "./health-watch.ts";
import { useGlobalKeys } from "./keys.ts";
import { ShortcutList } from "./shortcut-list.tsx";

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const route = useRoute();
  const [bar, setBar] = useState(false);
  const [help, setHelp] = useState(false);
  useHealthWatch(may(me, "health:read"));
  useGlobalKeys({ commandBar: () => setBar(true), shortcuts: () => setHelp(true) });
  const full = route.page === "terminals";
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Caisson, your workspaces">
          <Mark />
          <span>Caisson</span>
        </Link>
        <nav className="top-nav" aria-label="Main">
          <NavLink href="/" active={route.page === "home"}>
            Home
          </NavLink>
          <NavLink href="/workspaces" active={["workspaces", "new", "workspace"].includes(route.page)}>
            {me.mode === "local" ? "Workspaces" : "All workspaces"}
          </NavLink>
          {may(me, "recordings:read") && (
            <NavLink href="/recordings" active={route.page === "recordings" || route.page === "replay"}>
              Recordings
            </NavLink>
          )}
          {may(me, "users:read") && me.mode !== "local" && (
            <NavLink href="/admin/users" active={route.page === "users"}>
              People
            </NavLink>
          )}
        </nav>
        <button type="button" className="search-button" onClick={() => setBar(true)} aria-keyshortcuts="Control+K">
          <Icon name="search" size={16} />
          <span>Search or do anything</span>
          <kbd>Ctrl K</kbd>
        </button>
        {may(me, "health:read") && <HealthDot />}
        <AccountMenu me={me} onShortcuts={() => setHelp(true)} />
      </header>
      <ConnectionBar me={me} />
      {me.session?.notice === "login.link_reused" && (
        <div className="connection away" role="alert">
          <Icon name="failed" size={16} />
          One of your login links was used a second time, and that was refused. <Link href="/settings/sessions">Look at your sessions</Link>
        </div>
      )}
      <main id="main" className={full ? "full" : undefined} tabIndex={-1}>
        {children}
      </main>
      {!full && (
        <nav className="bottom" aria-label="Main, at the bottom">
          <NavLink href="/" active={route.page === "home"} icon="home">
            Home
          </NavLink>
          <NavLink href="/workspaces" active={["workspaces", "new", "workspace"].includes(route.page)} icon="list">
            Workspaces
          </NavLink>
          <button type="button" onClick={() => setBar(true)}>
            <Icon name="search" size={22} />
            Search
          </button>
          <NavLink href="/settings" active={route.page === "settings"} icon="settings">
            Settings
          </NavLink>
        </nav>
      )}
      {bar && <CommandBar me={me} onClose={() => setBar(false)} onShortcuts={() => setHelp(true)} />}
      {help && <ShortcutList onClose={() => setHelp(false)} />}
    </>
  );
}

function NavLink({ href, active, icon, children }: { href: string; active: boolean; icon?: "home" | "list" | "settings"; children: ReactNode }) {
  return (
    <Link href={href} aria-current={active ? "page" : undefined}>
      {icon && <Icon name={icon} size={22} />}
      {children}
    </Link>
  );
}

function HealthDot() {
  const state = useStore(health);
  const word = { green: "All is well", amber: "Something needs a look", red: "Something is broken", unknown: "Health not known" }[state];
  return (
    <Link href="/health" className={`health-dot ${state}`} title={word} aria-label={`Health: ${word}`}>
      <Icon name={state === "green" ? "check" : state === "unknown" ? "health" : "failed"} size={16} />
    </Link>
  );
}

function AccountMenu({ me, onShortcuts }: { me: Me; onShortcuts: () => void }) {
  const close = () => document.getElementById("account")?.hidePopover();
  return (
    <>
      <button type="button" className="account-button" popoverTarget="account" aria-label={`Account of ${me.name}`}>
        <span className="avatar" aria-hidden="true">
          {[...me.name.trim()][0]?.toUpperCase() ?? "?"}
        </span>
      </button>
      <div id="account" popover="auto" className="menu account-menu">
        <div className="menu-head">
          <strong className="clip">{me.name}</strong>
          <span className="small soft wrap-anywhere">{me.address}</span>
          <span className="small faint">{me.roles.join(", ")}</span>
        </div>
        <Link href="/settings" onClick={close}>
          <Icon name="settings" /> Settings
        </Link>
        {may(me, "recordings:read") && (
          <Link href="/recordings" className="narrow-only" onClick={close}>
            <Icon name="record" /> Recordings
          </Link>
        )}
        {may(me, "users:read") && me.mode !== "local" && (
          <Link href="/admin/users" className="narrow-only" onClick={close}>
            <Icon name="users" /> People
          </Link>
        )}
        {may(me, "health:read") && (
          <Link href="/health" onClick={close}>
            <Icon name="health" /> Health
          </Link>
        )}
        <button
          type="button"
          onClick={() => {
            close();
            onShortcuts();
          }}
        >
          <Icon name="keyboard" /> Shortcuts
        </button>
        <a href="/docs/" target="_blank" rel="noreferrer" onClick={close}>
          <Icon name="info" /> Documents
        </a>
        {me.session && (
          <button type="button" onClick={() => void signOut().then(() => navigate("/login"))}>
            <Icon name="out" /> Sign out
          </button>
        )}
        <div className="menu-foot small faint">
          Caisson {me.server.version}
          <br />
          <span className="wrap-anywhere">build {me.server.commit.slice(0, 12)}</span>
          <br />
          <a href="/licences.txt">Licences of what is built in</a>
        </div>
      </div>
    </>
  );
}

/** Never stale data as live: says that the stream is away, greys the page, and says when the server came back as another one. */
function ConnectionBar({ me }: { me: Me }) {
  const { stream, since } = useStore(events.state);
  const now = useNow(1000);
  const [updated, setUpdated] = useState(false);
  const away = stream === "reconnecting" && since !== null && now - since > 1500;
  useEffect(() => {
    document.documentElement.toggleAttribute("data-stale", away);
  }, [away]);
  useEffect(() => {
    if (stream !== "live") return;
    let current = true;
    get<Me>("/me").then(
      (fresh) => current && setUpdated(fresh.server.commit !== me.server.commit || fresh.server.version !== me.server.version),
      () => undefined, // The stream says it when the server is away; this only asks which server it is.
    );
    return () => {
      current = false;
    };
  }, [stream, me]);
  return (
    <div role="status" aria-live="polite">
      {away && (
        <div className="connection away">
          <Icon name="offline" size={16} />
          Reconnecting. What you see is from {Math.round((now - since!) / 1000)} s ago and can't be changed until the server is back.
        </div>
      )}
      {stream === "refused" && (
        <div className="connection updated">
          <Icon name="info" size={16} />
          This server sends no events: what changes elsewhere shows after a reload.
        </div>
      )}
      {!away && updated && (
        <div className="connection updated">
          <Icon name="restart" size={16} />
          The server is newer than this page.
          <Button onClick={() => location.reload()}>Reload</Button>
        </div>
      )}
    </div>
  );
}
