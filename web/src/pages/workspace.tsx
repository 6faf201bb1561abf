import { useEffect, useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Me, Workspace } from "../api/types.ts";
import { Button, ButtonLink } from "../design/controls.tsx";
import { useCurrentInView } from "../design/current-in-view.ts";
import { Icon } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Lasting } from "../design/time.tsx";
import { address } from "../router/routes.ts";
import { Link, navigate } from "../router/router.tsx";
import { usePageActions } from "../shell/actions.ts";
import { useTitle } from "../shell/title.ts";
import { toast } from "../shell/toasts.tsx";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { may } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { cancel, loadWorkspace, start } from "../workspaces/calls.ts";
import { ActionDialog, type Asked } from "../workspaces/dialogs.tsx";
import { Failure } from "../workspaces/failure.tsx";
import { mayShare, mayWrite } from "../workspaces/rights.ts";
import { StatePill, actionsFor, moving } from "../workspaces/state.tsx";
import { JobBar, StepList, useJob } from "../workspaces/steps.tsx";
import { useWorkspace } from "../workspaces/use-workspace.ts";
import { SharingTab } from "../workspaces/sharing.tsx";
import { EventsTab, PolicyTab, StepsTab } from "../workspaces/tabs.tsx";
import { Overview } from "../workspaces/overview.tsx";
import { NotFound } from "./not-found.tsx";

export function WorkspacePage({ me, owner, name, tab }: { me: Me; owner: string; name: string; tab: string }) {
  const found = useWorkspace(owner, name);
  useTitle(name);
  if (found.problem && !found.workspace)
    return found.problem.status === 404 || found.problem.status === 403 ? (
      <NotFound me={me} />
    ) : (
      <div className="page narrow">
        <ProblemNotice problem={found.problem} title="The workspace could not be loaded" onRetry={found.reload} />
      </div>
    );
  if (found.missing) return <NotFound me={me} />;
  if (!found.workspace) return <div className="loading" role="status" aria-label="Loading" />;
  return <Loaded me={me} workspace={found.workspace} tab={tab} />;
}

/** The address that the API gives: it names the workspace by its id and leads on to the one that people read. */
export function ById({ me, id }: { me: Me; id: string }) {
  const { workspaces } = useStore(objects);
  const loaded = useLoad(`workspace ${id}`, (signal) => loadWorkspace(id, signal));
  const workspace = workspaces.get(id);
  useEffect(() => {
    if (workspace) navigate(address.workspace(workspace.owner.address, workspace.name), { replace: true });
  }, [workspace]);
  return loaded.problem ? <NotFound me={me} /> : <div className="loading" role="status" aria-label="Loading" />;
}

function Loaded({ me, workspace, tab }: { me: Me; workspace: Workspace; tab: string }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const job = useJob(workspace.job);
  const row = useCurrentInView(tab);
  const write = mayWrite(me, workspace);
  const can = actionsFor(workspace, write);
  const { owner, name, observed } = workspace;
  const busy = moving(observed);
  const run = (work: Promise<unknown>) => void work.catch((error: unknown) => toast({ kind: "bad", text: asProblem(error).detail }));
  const terminals = address.terminals(owner.address, name);
  usePageActions(
    [
      can.open === null && { id: "open", text: "Open terminal", icon: "terminal" as const, run: () => navigate(terminals) },
      can.start === null && { id: "start", text: "Start this workspace", icon: "play" as const, run: () => run(start(workspace.id)) },
      can.stop === null && { id: "stop", text: "Stop this workspace", icon: "stop" as const, run: () => setAsked("stop") },
      can.restart === null && { id: "restart", text: "Restart this workspace", icon: "restart" as const, run: () => setAsked("restart") },
      write && { id: "rename", text: "Rename this workspace", icon: "edit" as const, run: () => setAsked("rename") },
      may(me, "workspaces:create") && observed === "running" && { id: "duplicate", text: "Duplicate this workspace", icon: "copy" as const, run: () => setAsked("duplicate") },
      mayShare(me, workspace) && { id: "transfer", text: "Transfer this workspace", icon: "share" as const, run: () => setAsked("transfer") },
      can.delete === null && { id: "delete", text: "Delete this workspace", icon: "trash" as const, run: () => setAsked("delete") },
    ].filter((one) => one !== false),
  );
  const tabs = [
    ["overview", "Overview"],
    ["steps", "Steps and log"],
    ["policy", "Policy"],
    ["events", "Events"],
    ...(me.mode === "local" ? [] : [["sharing", "Sharing"] as const]),
  ] as const;
  return (
    <div className="page">
      <header className="workspace-head">
        <nav className="crumbs" aria-label="Where you are">
          <Link href="/workspaces">Workspaces</Link>
          <Icon name="chevron" size={13} />
          {owner.id !== me.id && (
            <>
              <Link href={`/workspaces?q=owner:${encodeURIComponent(owner.address)}`}>{owner.name}</Link>
              <Icon name="chevron" size={13} />
            </>
          )}
          <span className="clip">{name}</span>
        </nav>
        <div className="row">
          <h1 className="wrap-anywhere">{workspace.title || name}</h1>
          {write && (
            <Button look="quiet" icon="edit" iconOnly onClick={() => setAsked("rename")}>
              Rename
            </Button>
          )}
        </div>
        <div className="row">
          <StatePill observed={observed} />
          <span className="soft">
            for <Lasting since={workspace.since} />
          </span>
          {workspace.message && observed !== "failed" && <span className="soft wrap-anywhere apart">{workspace.message}</span>}
        </div>
        {observed !== "failed" && (
          <div className="row">
            {observed === "running" ? (
              <ButtonLink href={terminals} look="primary" icon="terminal">
                Open terminal
              </ButtonLink>
            ) : busy ? null : (
              <Button look="primary" icon="play" unavailable={can.start} onClick={() => run(start(workspace.id))}>
                Start
              </Button>
            )}
            {busy && workspace.job && (
              <Button icon="cross" unavailable={can.cancel} onClick={() => run(cancel(workspace.job!))}>
                Cancel
              </Button>
            )}
            {!busy && (
              <>
                <Button icon="stop" unavailable={can.stop} onClick={() => setAsked("stop")}>
                  Stop
                </Button>
                <Button icon="restart" unavailable={can.restart} onClick={() => setAsked("restart")}>
                  Restart
                </Button>
              </>
            )}
            <Button icon="trash" look="danger" className="far" unavailable={can.delete} onClick={() => setAsked("delete")}>
              Delete
            </Button>
          </div>
        )}
      </header>
      {observed === "failed" && <Failure workspace={workspace} job={job} write={write} onDelete={() => setAsked("delete")} />}
      {busy && job && (
        <section className="card stack" aria-label="Progress">
          <JobBar job={job} />
          <StepList job={job} />
        </section>
      )}
      <nav ref={row} className="tabs" aria-label="Parts of this workspace">
        {tabs.map(([id, text]) => (
          <Link key={id} href={address.workspace(owner.address, name, id)} aria-current={tab === id ? "page" : undefined}>
            {text}
          </Link>
        ))}
        {may(me, "recordings:read") && <Link href={`/recordings?workspace=${workspace.id}`}>Recordings</Link>}
      </nav>
      {tab === "overview" && <Overview me={me} workspace={workspace} onAsk={setAsked} />}
      {tab === "steps" && <StepsTab workspace={workspace} />}
      {tab === "policy" && <PolicyTab workspace={workspace} />}
      {tab === "events" && <EventsTab workspace={workspace} />}
      {tab === "sharing" && <SharingTab workspace={workspace} me={me} allowed={mayShare(me, workspace)} />}
      {asked && <ActionDialog workspace={workspace} asked={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}
