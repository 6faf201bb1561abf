import { get } from "../api/client.ts";
import type { HealthCheck, Page, Problem } from "../api/types.ts";
import { Button, Command, Notice, Pill } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { health, worst } from "../shell/health-watch.ts";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { items } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";

const looks = {
  red: { tone: "bad", icon: "failed", word: "broken" },
  amber: { tone: "wait", icon: "failed", word: "look" },
  green: { tone: "good", icon: "check", word: "well" },
} as const;

export function useHealth() {
  return useLoad("health", async (signal) => {
    const checks = items(await get<HealthCheck[] | Page<HealthCheck>>("/health", signal));
    health.set(worst(checks));
    return checks;
  });
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

export function HealthList({ checks }: { checks: readonly HealthCheck[] }) {
  const order = { red: 0, amber: 1, green: 2 };
  return (
    <ul>
      {[...checks]
        .sort((a, b) => order[a.severity] - order[b.severity])
        .map((check) => {
          const look = looks[check.severity] ?? looks.amber;
          return (
            <li key={check.code} className="check-row">
              <Pill tone={look.tone} icon={look.icon}>
                {look.word}
              </Pill>
              <div className="grow stack">
                <div>
                  <h3 className="wrap-anywhere">{check.title}</h3>
                  <p className="small soft wrap-anywhere">{[check.value, check.cause].filter(Boolean).join(": ")}</p>
                </div>
                {check.fix && check.severity !== "green" && <Command text={check.fix} label="To mend it" />}
              </div>
              <code className="small faint">{check.code}</code>
            </li>
          );
        })}
    </ul>
  );
}

export default function HealthPage() {
  useTitle("Health");
  const checks = useHealth();
  const bad = (checks.data ?? []).filter((check) => check.severity !== "green").length;
  return (
    <div className="page narrow">
      <div className="page-head">
        <div className="grow">
          <h1>Health</h1>
          <p className="lead" role="status">
            {checks.data ? (bad === 0 ? "All is well." : `${bad} of ${checks.data.length} need a look.`) : " "}
          </p>
        </div>
        <Button icon="restart" busy={checks.loading} onClick={checks.reload}>
          Check again
        </Button>
      </div>
      {checks.problem && <HealthProblem problem={checks.problem} onRetry={checks.reload} />}
      {checks.data && (
        <section className="card">
          <HealthList checks={checks.data} />
        </section>
      )}
      <Command text={commands.doctor()} label="The same checks in a shell" />
    </div>
  );
}
