import { useState } from "react";
import type { Me, Problem, Terminal, Workspace } from "../api/types.ts";
import { asProblem, get } from "../api/client.ts";
import { Button, ButtonLink, Command, Pill } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago, bytes } from "../design/time.tsx";
import { address } from "../router/routes.ts";
import { Link } from "../router/router.tsx";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { extend, loadTerminals } from "./calls.ts";
import { lookOf, moving } from "./state.tsx";
import { commands } from "./commands.ts";
import type { Asked } from "./dialogs.tsx";
import { mayShare } from "./rights.ts";
import { may } from "../stores/session.ts";

interface Why {
  text: string;
  reason?: string;
  since?: string;
  actor?: string | null;
  keptAwakeBy?: unknown[];
}

export const asText = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) return "";
  const known = value as Record<string, unknown>;
  const first = known["text"] ?? known["message"] ?? known["title"] ?? known["name"] ?? known["host"];
  return typeof first === "string" ? first : JSON.stringify(value);
};

export function Overview({ me, workspace, onAsk }: { me: Me; workspace: Workspace; onAsk: (asked: Asked) => void }) {
  const { terminals } = useStore(objects);
  const running = workspace.observed === "running";
  const loaded = useLoad(running ? `terminals ${workspace.id}` : null, (signal) => loadTerminals(workspace.id, signal));
  const why = useLoad(`why ${workspace.id} ${workspace.observed} ${workspace.since}`, (signal) => get<Why>(`/workspaces/${workspace.id}/why`, signal));
  const mine = [...terminals.values()].filter((terminal) => terminal.workspace === workspace.id).sort((a, b) => a.created.localeCompare(b.created));
  const href = (terminal?: string) => address.terminals(workspace.owner.address, workspace.name, terminal);
  return (
    <div className="two">
      <div className="stack">
        <section className="card stack">
          <div className="row between">
            <h2>Terminals</h2>
            {running && (
              <ButtonLink href={href()} icon="terminal" look="quiet">
                Open all
              </ButtonLink>
            )}
          </div>
          {loaded.problem && <ProblemNotice problem={loaded.problem} onRetry={loaded.reload} />}
          {mine.length > 0 && (
            <ul className="terminal-rows">
              {mine.map((terminal) => (
                <TerminalRow key={terminal.id} terminal={terminal} href={href(terminal.id)} />
              ))}
            </ul>
          )}
          {mine.length === 0 && !loaded.loading && (
            <>
              <p className="soft">{running ? "No terminal is open." : moving(workspace.observed) ? "Terminals can be opened once it runs." : "Terminals are there while the workspace runs. Start it first."}</p>
              {!moving(workspace.observed) && <Command text={running ? commands.open(workspace) : commands.start(workspace)} label={running ? "Prints this address in a shell" : undefined} />}
            </>
          )}
        </section>
        <section className="card stack">
          <h2>Why it {workspace.observed === "failed" ? "failed" : `is ${lookOf(workspace.observed).word.toLowerCase()}`}</h2>
          {why.problem ? (
            <ProblemNotice problem={why.problem} onRetry={why.reload} />
          ) : (
            <p className="wrap-anywhere">{why.data?.text ?? (why.loading ? "…" : (workspace.message ?? "No reason is recorded."))}</p>
          )}
          {why.data?.keptAwakeBy && why.data.keptAwakeBy.length > 0 && <p className="soft wrap-anywhere">Kept awake by {why.data.keptAwakeBy.map(asText).join(", ")}.</p>}
          <Command text={commands.why(workspace)} />
        </section>
      </div>
      <section className="card stack">
        <h2>About</h2>
        <dl className="facts">
          <dt>Template</dt>
          <dd>
            {workspace.template} {workspace.outdated && <Pill tone="wait" icon="restart">outdated</Pill>}
          </dd>
          <dt>Owner</dt>
          <dd>{workspace.owner.name}</dd>
          <dt>Isolation</dt>
          <dd>{workspace.isolation || "not started yet"}</dd>
          <dt>Policies</dt>
          <dd>{workspace.policies.length > 0 ? <Chips items={workspace.policies} /> : "none: nothing outside can be reached"}</dd>
          <dt>Agents</dt>
          <dd>{workspace.agents.length > 0 ? <Chips items={workspace.agents} /> : "none"}</dd>
          <dt>Last used</dt>
          <dd>
            <Ago at={workspace.lastUsed} />
          </dd>
          {running && workspace.stopsAt && (
            <>
              <dt>Stops</dt>
              <dd>
                <Stops workspace={workspace} />
              </dd>
            </>
          )}
          <dt>Created</dt>
          <dd>
            <Ago at={workspace.created} />
          </dd>
          {workspace.health.codes.length > 0 && (
            <>
              <dt>Health</dt>
              <dd>
                <ul>
                  {workspace.health.codes.map((one) => (
                    <li key={one.code}>
                      {one.message} <span className="soft">{one.fix}</span>
                    </li>
                  ))}
                </ul>
              </dd>
            </>
          )}
        </dl>
        <Changes me={me} workspace={workspace} onAsk={onAsk} />
      </section>
    </div>
  );
}

/** When a workspace that nobody uses ends, and how that is put off. */
function Stops({ workspace }: { workspace: Workspace }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const at = new Date(workspace.stopsAt!);
  return (
    <div className="stack">
      <div className="row">
        <span>
          when nobody uses it until <time dateTime={workspace.stopsAt!}>{at.toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" })}</time>
        </span>
        <Button look="quiet" onClick={() => void extend(workspace.id, 4).then(() => setProblem(null), (error: unknown) => setProblem(asProblem(error)))}>
          Keep for 4 hours
        </Button>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <Command text={commands.extend(workspace)} />
    </div>
  );
}

/** What is done rarely: said in words rather than as one more button in the page's head. */
function Changes({ me, workspace, onAsk }: { me: Me; workspace: Workspace; onAsk: (asked: Asked) => void }) {
  const running = workspace.observed === "running";
  return (
    <div className="row">
      {may(me, "workspaces:create") && (
        <Button icon="copy" unavailable={running ? null : "The home of one that runs can be copied. Start it first."} onClick={() => onAsk("duplicate")}>
          Duplicate
        </Button>
      )}
      <Button icon="share" unavailable={mayShare(me, workspace) ? null : "Only its owner can transfer it."} onClick={() => onAsk("transfer")}>
        Transfer
      </Button>
    </div>
  );
}

export function Chips({ items }: { items: readonly string[] }) {
  return (
    <span className="chips">
      {items.map((item) => (
        <span key={item} className="chip">
          {item}
        </span>
      ))}
    </span>
  );
}

function TerminalRow({ terminal, href }: { terminal: Terminal; href: string }) {
  return (
    <li>
      <Icon name="terminal" />
      <div className="grow">
        <Link href={href} className="strong wrap-anywhere">
          {terminal.label}
        </Link>
        <div className="small soft clip">
          {terminal.process ?? "shell"}
          {terminal.directory ? ` in ${terminal.directory}` : ""}
        </div>
      </div>
      <span className="small faint">
        {terminal.viewers > 0 && `${terminal.viewers} looking, `}
        {terminal.memory !== null && terminal.memory !== undefined ? `${bytes(terminal.memory)}, ` : ""}
        <Ago at={terminal.lastOutput ?? terminal.created} />
      </span>
      {terminal.state === "exited" ? (
        <Pill tone="calm" icon="stopped">
          ended
        </Pill>
      ) : (
        <Pill tone="good" icon="running">
          running
        </Pill>
      )}
    </li>
  );
}
