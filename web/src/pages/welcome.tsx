import type { Me } from "../api/types.ts";
import { Button, ButtonLink, Command, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Link } from "../router/router.tsx";
import { useTitle } from "../shell/title.ts";
import { commands } from "../workspaces/commands.ts";
import { TemplateTiles, useTemplates } from "../workspaces/templates.tsx";
import { useWorkspaceList } from "../workspaces/live-list.ts";
import { WorkspaceCard } from "../workspaces/card.tsx";
import { HealthList, HealthProblem, useHealth } from "./health.tsx";
import { NotFound } from "./not-found.tsx";

const steps = [
  ["machine", "This machine"],
  ["agent", "Agent and key"],
  ["workspace", "First workspace"],
] as const;

/** At most three screens from a fresh server to a running terminal. Each can be skipped, left and come back to: it is an address. */
export default function WelcomePage({ me, step }: { me: Me; step: string }) {
  useTitle("First steps");
  const at = steps.findIndex(([id]) => id === step);
  if (at < 0) return <NotFound me={me} />;
  const next = steps[at + 1];
  return (
    <div className="page narrow">
      <div>
        <h1>First steps</h1>
        <p className="lead">Three short screens to an agent behind watertight doors. Skip any of them; this page stays at /welcome.</p>
      </div>
      <nav className="wizard-steps" aria-label="Steps">
        {steps.map(([id, text], index) => (
          <Link key={id} href={`/welcome/${id}`} aria-current={id === step ? "step" : undefined}>
            <b>{index + 1}</b>
            {text}
          </Link>
        ))}
      </nav>
      {step === "machine" && <Machine me={me} />}
      {step === "agent" && <Agent />}
      {step === "workspace" && <First me={me} />}
      <div className="row between">
        <ButtonLink href="/" look="quiet">
          Skip all
        </ButtonLink>
        {next ? (
          <ButtonLink href={`/welcome/${next[0]}`} look="primary">
            Next: {next[1]}
          </ButtonLink>
        ) : (
          <ButtonLink href="/" look="primary">
            To your workspaces
          </ButtonLink>
        )}
      </div>
    </div>
  );
}

function Machine({ me }: { me: Me }) {
  const checks = useHealth(me);
  return (
    <section className="card stack">
      <div className="row between">
        <h2>What this machine can do</h2>
        <Button icon="restart" busy={checks.loading} onClick={checks.again}>
          Check again
        </Button>
      </div>
      {checks.problem && <HealthProblem problem={checks.problem} onRetry={checks.reload} />}
      {checks.data && <HealthList checks={checks.data.items} />}
      <Command text={commands.doctor()} />
    </section>
  );
}

function Agent() {
  return (
    <section className="card stack">
      <h2>An agent, and a key that it never sees</h2>
      <p className="soft">The gateway holds the key and puts it into requests on their way out; inside the sandbox there is only a placeholder. Both are done in a shell on this machine, because a key is never typed into a page:</p>
      <Command text={commands.installAgent("claude")} label="1. Download and verify an agent" />
      <Command text={commands.setCredential("anthropic")} label="2. Give its key; it is read from standard input" />
      <Notice icon="info">
        <p>A workspace without an agent works, too: it is a shell in a sandbox. You can come back to this later.</p>
      </Notice>
    </section>
  );
}

function First({ me }: { me: Me }) {
  const templates = useTemplates();
  const mine = useWorkspaceList({ search: "owner:me", limit: 3 });
  return (
    <section className="stack">
      <h2>{mine.rows.length > 0 ? "You have one" : "Choose what it begins from"}</h2>
      {templates.problem && <ProblemNotice problem={templates.problem} onRetry={templates.reload} />}
      {mine.rows.length > 0 ? (
        <div className="cards">
          {mine.rows.map((workspace) => (
            <WorkspaceCard key={workspace.id} workspace={workspace} me={me} />
          ))}
        </div>
      ) : (
        <TemplateTiles templates={templates.data ?? []} />
      )}
      {templates.data?.length === 0 && (
        <Notice icon="template" title="There is no template yet">
          <p>
            Write one into <code>templates/NAME.md</code> of the server's directory; it appears here at once.
          </p>
        </Notice>
      )}
    </section>
  );
}
