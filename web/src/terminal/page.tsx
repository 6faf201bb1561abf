import "@xterm/xterm/css/xterm.css";
import "./fonts.css";
import "./terminal.css";
import { useEffect } from "react";
import { reasons } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { ButtonLink, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { NotFound } from "../pages/not-found.tsx";
import { address } from "../router/routes.ts";
import { useTitle } from "../shell/title.ts";
import { Failure } from "../workspaces/failure.tsx";
import { mayType, mayWrite, needsReason } from "../workspaces/rights.ts";
import { lookOf, moving } from "../workspaces/state.tsx";
import { JobBar, StepList, useJob } from "../workspaces/steps.tsx";
import { useStore } from "../stores/store.ts";
import { useWorkspace } from "../workspaces/use-workspace.ts";
import { ReasonForm } from "./reason-form.tsx";
import { Window } from "./window.tsx";

export default function TerminalPage({ me, owner, name, terminal }: { me: Me; owner: string; name: string; terminal: string | null }) {
  const { workspace, missing, problem, reload } = useWorkspace(owner, name);
  const job = useJob(workspace?.job);
  useStore(reasons);
  useEffect(() => () => reasons.set(null), []);
  useTitle(workspace?.title || name);
  if (missing || problem?.status === 404 || problem?.status === 403) return <NotFound me={me} />;
  if (problem && !workspace)
    return (
      <div className="page narrow">
        <ProblemNotice problem={problem} onRetry={reload} />
      </div>
    );
  if (!workspace) return <div className="loading" role="status" aria-label="Loading" />;
  if (workspace.observed === "running" || workspace.observed === "stopping") {
    if (needsReason(me, workspace) && reasons.get() === null) return <ReasonForm title={`These are ${workspace.owner.name}'s terminals`} />;
    return <Window workspace={workspace} wanted={terminal} write={mayType(me, workspace)} />;
  }
  return (
    <div className="page narrow">
      <h1>{workspace.title || name}</h1>
      {workspace.observed === "failed" ? (
        <Failure workspace={workspace} job={job} write={mayWrite(me, workspace)} onDelete={() => undefined} />
      ) : moving(workspace.observed) && job ? (
        <section className="card stack">
          <JobBar job={job} />
          <StepList job={job} />
          <p className="soft small">The terminal opens here by itself.</p>
        </section>
      ) : (
        <Notice icon="stopped" title={`It is ${lookOf(workspace.observed).word.toLowerCase()}`}>
          <p className="wrap-anywhere">{workspace.message}</p>
        </Notice>
      )}
      <ButtonLink href={address.workspace(owner, name)} icon="back">
        To the workspace
      </ButtonLink>
    </div>
  );
}
