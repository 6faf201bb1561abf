import { useState } from "react";
import { get, post, remove } from "../api/client.ts";
import type { Health, HealthCheck, Me, Problem } from "../api/types.ts";
import { Button, Command, Notice, Pill } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { MuteDialog } from "../health/mute.tsx";
import { health } from "../shell/health-watch.ts";
import { useTitle } from "../shell/title.ts";
import { type Loaded, useLoad } from "../stores/load.ts";
import { may } from "../stores/session.ts";
import { commands } from "../workspaces/commands.ts";

const looks = {
  red: { tone: "bad", icon: "failed", word: "failing" },
  amber: { tone: "wait", icon: "failed", word: "warning" },
  green: { tone: "good", icon: "check", word: "ok" },
} as const;
const order = { red: 0, amber: 1, green: 2 };
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** What the server knows; `again` has it look anew, where this person may ask for that. */
export function useHealth(me: Me): Loaded<Health> & { again: () => void } {
  const [look, setLook] = useState(0);
  const loaded = useLoad(`health ${look}`, async (signal) => {
    const answer = look > 0 && may(me, "health:write") ? await post<Health>("/health/check") : await get<Health>("/health", signal);
    health.set(answer.worst);
    return answer;
  });
  return { ...loaded, again: () => setLook((count) => count + 1) };
}

/** A server without these checks is no fault: the command does them. */
export function HealthProblem({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  if (problem.status !== 404) return <ProblemNotice problem={problem} onRetry={onRetry} />;
  return (
    <Notice icon="health" title="This server does not check by itself">
      <p>The command below looks at the same machine and says how to mend what it finds.</p>
    </Notice>
  );
}

export function HealthList({ checks, onMute, onUnmute }: { checks: readonly HealthCheck[]; onMute?: ((check: HealthCheck) => void) | undefined; onUnmute?: ((check: HealthCheck) => void) | undefined }) {
  const rank = (check: HealthCheck) => (check.muted ? 3 : order[check.severity]);
  return (
    <ul>
      {[...checks]
        .sort((a, b) => rank(a) - rank(b))
        .map((check) => {
          const look = looks[check.severity] ?? looks.amber;
          return (
            <li key={check.code} className="check-row">
              <Pill tone={check.muted ? "calm" : look.tone} icon={look.icon}>
                {look.word}
              </Pill>
              <div className="grow stack">
                <div>
                  <h3 className="wrap-anywhere">{check.title}</h3>
                  <p className="small soft wrap-anywhere">{[check.value, check.cause].filter(Boolean).join(": ")}</p>
                  <code className="small faint">{check.code}</code>
                </div>
                {check.fix && check.severity !== "green" && (/^(caisson|sudo|apt|systemctl) /.test(check.fix) ? <Command text={check.fix} label="To mend it" /> : <p className="small wrap-anywhere">To mend it: {check.fix}</p>)}
                {check.muted && (
                  <p className="small soft wrap-anywhere">
                    Muted until {date.format(new Date(check.muted.until))}: {check.muted.reason}
                  </p>
                )}
              </div>
              {check.muted
                ? onUnmute && (
                    <Button look="quiet" onClick={() => onUnmute(check)}>
                      Unmute
                    </Button>
                  )
                : check.severity !== "green" &&
                  onMute && (
                    <Button look="quiet" onClick={() => onMute(check)}>
                      Mute
                    </Button>
                  )}
            </li>
          );
        })}
    </ul>
  );
}

export default function HealthPage({ me }: { me: Me }) {
  useTitle("Health");
  const checks = useHealth(me);
  const [muting, setMuting] = useState<HealthCheck | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const all = checks.data?.items ?? [];
  const bad = all.filter((check) => check.severity !== "green" && !check.muted).length;
  const write = may(me, "health:write");
  const unmute = (check: HealthCheck) => void remove(`/health/${encodeURIComponent(check.code)}/mute`).then(checks.reload, () => setFault(`${check.title} could not be unmuted.`));
  return (
    <div className="page narrow">
      <div className="page-head">
        <div className="grow">
          <h1>Health</h1>
          <p className="lead" role="status">
            {checks.data ? (bad === 0 ? "All is well." : `${bad} of ${all.length} ${bad === 1 ? "needs" : "need"} a look.`) : " "}
            {checks.data && (
              <span className="small faint">
                {" "}
                Checked <Ago at={checks.data.checked} />.
              </span>
            )}
          </p>
        </div>
        <Button icon="restart" busy={checks.loading} onClick={checks.again}>
          Check again
        </Button>
      </div>
      {checks.problem && <HealthProblem problem={checks.problem} onRetry={checks.reload} />}
      {fault && <Notice tone="bad" icon="failed" live title={fault} />}
      {checks.data && (
        <section className="card">
          <HealthList checks={all} onMute={write ? setMuting : undefined} onUnmute={write ? unmute : undefined} />
        </section>
      )}
      <Command text={commands.doctor()} label="The same checks in a shell" />
      {muting && <MuteDialog check={muting} onClose={() => setMuting(null)} onMuted={checks.reload} />}
    </div>
  );
}
