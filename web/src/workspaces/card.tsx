import type { Me, Workspace } from "../api/types.ts";
import { asProblem } from "../api/client.ts";
import { Button, ButtonLink } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { Ago } from "../design/time.tsx";
import { address } from "../router/routes.ts";
import { Link } from "../router/router.tsx";
import { toast } from "../shell/toasts.tsx";
import { cancel, start } from "./calls.ts";
import { mayWrite } from "./rights.ts";
import { StatePill, moving } from "./state.tsx";
import { JobBar, useJob } from "./steps.tsx";

const say = (error: unknown) => toast({ kind: "bad", text: asProblem(error).detail });

/** A workspace in a few words, with the one thing that comes next as its button. */
export function WorkspaceCard({ workspace, me }: { workspace: Workspace; me: Me }) {
  const { owner, name, observed } = workspace;
  const busy = moving(observed);
  const job = useJob(busy || observed === "failed" ? workspace.job : null);
  const write = mayWrite(me, workspace);
  const href = address.workspace(owner.address, name);
  const foreign = owner.id !== me.id;
  return (
    <article className={`card workspace-card ${observed}`} aria-label={workspace.title || name}>
      <div className="row between top-row">
        <StatePill observed={observed} />
        {workspace.outdated && <span className="small faint">template changed</span>}
      </div>
      <div>
        <h2 className="clip">
          <Link href={href}>{workspace.title || name}</Link>
        </h2>
        <p className="small soft clip">
          {foreign ? `${owner.name} / ` : ""}
          {name}
        </p>
      </div>
      {busy && job ? (
        <JobBar job={job} />
      ) : (
        <p className="card-message small soft">{observed === "failed" ? (job?.error?.message ?? (workspace.message || "It could not start.")) : (workspace.message ?? "")}</p>
      )}
      <ul className="card-facts small faint">
        <li className="clip">
          <Icon name="template" size={15} />
          <span className="clip">{workspace.template}</span>
        </li>
        <li>
          <Icon name="terminal" size={15} />
          {workspace.terminals.open} {workspace.terminals.open === 1 ? "terminal" : "terminals"}
        </li>
        <li>
          <Icon name="queued" size={15} />
          <span>
            used <Ago at={workspace.lastUsed} />
          </span>
        </li>
      </ul>
      <div className="row card-foot">
        {observed === "running" && (
          <ButtonLink href={address.terminals(owner.address, name)} look="primary" icon="terminal">
            Open terminal
          </ButtonLink>
        )}
        {(observed === "stopped" || observed === "archived") && (
          <Button look="primary" icon="play" unavailable={write ? null : "Only its owner can start it."} onClick={() => void start(workspace.id).catch(say)}>
            Start
          </Button>
        )}
        {observed === "failed" && (
          <ButtonLink href={address.workspace(owner.address, name)} look="primary" icon="failed">
            See what failed
          </ButtonLink>
        )}
        {busy && workspace.job && observed !== "deleting" && (
          <Button icon="cross" unavailable={write ? null : "Only its owner can cancel it."} onClick={() => void cancel(workspace.job!).catch(say)}>
            Cancel
          </Button>
        )}
        <ButtonLink href={href} look="quiet">
          Details
        </ButtonLink>
      </div>
    </article>
  );
}
