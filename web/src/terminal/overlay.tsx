import { asProblem, post } from "../api/client.ts";
import { Button } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { bytes, useNow } from "../design/time.tsx";
import { toast } from "../shell/toasts.tsx";
import type { SessionState } from "./session.ts";
import type { TerminalView } from "./view.ts";

/** What has to be said about a terminal stands over it or above it, never in its text. */
export function Overlay({ state, view, terminal, label, onAgain, onClose }: { state: SessionState; view: TerminalView; terminal: string; label: string; onAgain: () => void; onClose: () => void }) {
  useNow(500);
  const outage = state.outageSince === null ? 0 : Math.max(0, performance.now() - state.outageSince) / 1000;
  return (
    <div className="pane-notes">
      {state.phase === "reconnecting" && outage > 2 && (
        <div className="pane-note wait" role="status">
          <Icon name="offline" size={16} />
          <span>Reconnecting for {Math.round(outage)} s. The program goes on; typing is off meanwhile.</span>
          <Button look="quiet" onClick={view.retryNow}>
            Now
          </Button>
        </div>
      )}
      {state.notice && (
        <div className="pane-note wait" role="status">
          <Icon name="info" size={16} />
          <span className="wrap-anywhere">
            {state.notice.message}
            {state.notice.until && state.notice.kind !== "idle" ? ` Back by ${new Date(state.notice.until).toLocaleTimeString()}.` : ""}
          </span>
          {state.notice.kind === "idle" && (
            <Button look="quiet" onClick={() => void post(`/terminals/${encodeURIComponent(terminal)}/keep`).then(() => view.dismiss("notice"), (error: unknown) => toast({ kind: "bad", text: asProblem(error).detail }))}>
              Keep
            </Button>
          )}
          <Dismiss onClick={() => view.dismiss("notice")} />
        </div>
      )}
      {state.missed > 0 && (
        <div className="pane-note wait" role="status">
          <Icon name="failed" size={16} />
          <span>
            {bytes(state.missed)} not shown: it was printed faster, or longer ago, than the server keeps.
          </span>
          <Dismiss onClick={() => view.dismiss("missed")} />
        </div>
      )}
      {state.inputLost > 0 && (
        <div className="pane-note bad" role="alert">
          <Icon name="failed" size={16} />
          <span>The last {state.inputLost} characters that you typed may not have arrived. Look before you type them again.</span>
          <Dismiss onClick={() => view.dismiss("inputLost")} />
        </div>
      )}
      {state.phase === "exited" && (
        <div className={`pane-note ${state.exit?.code === 0 ? "calm" : "bad"}`} role="status">
          <Icon name={state.exit?.code === 0 ? "check" : "stopped"} size={16} />
          <span className="wrap-anywhere">{exitWords(state)}</span>
          <Button onClick={onAgain}>New one, same label</Button>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
        </div>
      )}
      {state.phase === "refused" && (
        <div className="pane-block" role="alert">
          <Icon name="lock" size={28} />
          <h2>{refusals[state.refusal!].title}</h2>
          <p className="soft">{refusals[state.refusal!].text}</p>
          <div className="row">
            {state.refusal === "session" && (
              <a className="button primary" href={`/login?next=${encodeURIComponent(location.pathname)}`}>
                Sign in
              </a>
            )}
            {state.refusal === "version" && (
              <Button look="primary" icon="restart" onClick={() => location.reload()}>
                Reload
              </Button>
            )}
            {(state.refusal === "rights" || state.refusal === "gone") && <Button onClick={onClose}>Close {label}</Button>}
          </div>
        </div>
      )}
    </div>
  );
}

const refusals = {
  session: { title: "You are signed out", text: "Your session ended. The program goes on; sign in to see it again." },
  rights: { title: "You may not see this any more", text: "Your right to this terminal was taken back. Its owner can share the workspace with you." },
  gone: { title: "This terminal is gone", text: "It was ended, or the workspace stopped." },
  version: { title: "The server is newer than this page", text: "Reload; nothing is lost by it." },
} as const;

export function exitWords(state: SessionState): string {
  const exit = state.exit;
  if (exit?.reason) return `${exit.reason[0]!.toUpperCase()}${exit.reason.slice(1)}.`;
  if (exit?.signal) return `Killed by signal ${exit.signal}.`;
  return typeof exit?.code === "number" ? `Exited ${exit.code}.` : "It ended.";
}

function Dismiss({ onClick }: { onClick: () => void }) {
  return (
    <Button look="quiet" icon="cross" iconOnly onClick={onClick}>
      Close this message
    </Button>
  );
}
