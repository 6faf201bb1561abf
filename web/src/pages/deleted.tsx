import { useState } from "react";
import type { Me, Workspace } from "../api/types.ts";
import { Button, ButtonLink, Command } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { deletedWorkspaces } from "../workspaces/calls.ts";
import { Restore } from "../workspaces/change-dialogs.tsx";
import { commands } from "../workspaces/commands.ts";
import { mayWrite } from "../workspaces/rights.ts";

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** What was deleted and can still be brought back. */
export function DeletedPage({ me }: { me: Me }) {
  useTitle("Deleted workspaces");
  const { lists } = useStore(objects);
  const list = useLoad(`deleted ${lists}`, deletedWorkspaces);
  const [restoring, setRestoring] = useState<Workspace | null>(null);
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <h1>Deleted workspaces</h1>
          <p className="lead">Each is kept with its home until the time beside it. After that its files are gone.</p>
        </div>
        <ButtonLink href="/workspaces" icon="back">
          All workspaces
        </ButtonLink>
      </div>
      {list.problem && <ProblemNotice problem={list.problem} onRetry={list.reload} />}
      {list.data && list.data.items.length > 0 && (
        <ul className="card terminal-rows">
          {list.data.items.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <strong className="wrap-anywhere">{one.title || one.name}</strong>
                <div className="small soft wrap-anywhere">
                  {one.owner.address}/{one.name}, from {one.template}
                </div>
              </div>
              <span className="small soft">{one.homeUntil ? `until ${date.format(new Date(one.homeUntil))}` : "its home is gone"}</span>
              <Button icon="restart" unavailable={!one.homeUntil ? "Its home is gone." : mayWrite(me, one) ? null : "Only its owner can bring it back."} onClick={() => setRestoring(one)}>
                Restore
              </Button>
            </li>
          ))}
        </ul>
      )}
      {list.data?.items.length === 0 && (
        <section className="empty">
          <h2>Nothing was deleted</h2>
          <p className="soft">Workspaces that you delete are listed here for as long as they can be restored.</p>
          <Command text={commands.deleted()} />
        </section>
      )}
      {restoring && <Restore workspace={restoring} onClose={() => setRestoring(null)} />}
    </div>
  );
}
