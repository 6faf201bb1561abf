import { useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Job, Problem, Workspace } from "../api/types.ts";
import { Button, ButtonLink, Notice, RawText } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { address } from "../router/routes.ts";
import { retry } from "./calls.ts";

/** What failed, why, what to do: the step, one sentence, the fix, the raw words, and the ways on. */
export function Failure({ workspace, job, write, onDelete }: { workspace: Workspace; job: Job | null; write: boolean; onDelete: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const error = job?.error;
  const step = job?.steps.find((one) => one.name === error?.step);
  const refused = write ? null : "Only its owner can do that.";
  const again = async (how: string, body: { from: "step" | "scratch"; keepForDebugging?: boolean }) => {
    setBusy(how);
    setProblem(null);
    try {
      await retry(job!.id, body);
    } catch (failure) {
      setProblem(asProblem(failure));
    }
    setBusy(null);
  };
  return (
    <section className="stack" aria-label="What failed">
      <Notice tone="bad" icon="failed" live title={step ? `Failed at: ${step.title}` : "It failed"}>
        <p className="wrap-anywhere">{error?.message ?? workspace.message ?? "The server gave no reason. The log may."}</p>
        {error?.fix && (
          <p className="wrap-anywhere">
            <strong>What to do:</strong> {error.fix}
          </p>
        )}
        {error && <code className="small faint">{error.code}</code>}
      </Notice>
      {error?.raw && (
        <details className="stack">
          <summary>What the program said</summary>
          <RawText text={error.raw} />
        </details>
      )}
      {problem && <ProblemNotice problem={problem} />}
      {job && (
        <div className="row">
          <Button look="primary" icon="restart" busy={busy === "step"} unavailable={refused} onClick={() => void again("step", { from: "step" })}>
            Try again from this step
          </Button>
          <Button icon="restart" busy={busy === "scratch"} unavailable={refused} onClick={() => void again("scratch", { from: "scratch" })}>
            Start over
          </Button>
          <Button icon="eye" busy={busy === "debug"} unavailable={refused} onClick={() => void again("debug", { from: "step", keepForDebugging: true })} title="What was made stays 15 minutes for a look when it fails again">
            Try again and keep for debugging
          </Button>
          <ButtonLink icon="list" href={address.workspace(workspace.owner.address, workspace.name, "steps")}>
            Log
          </ButtonLink>
          <Button look="danger" icon="trash" className="far" unavailable={refused} onClick={onDelete}>
            Delete
          </Button>
        </div>
      )}
    </section>
  );
}
