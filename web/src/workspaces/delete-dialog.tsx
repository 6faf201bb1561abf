import type { Deletion, Workspace } from "../api/types.ts";
import { Notice } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { useLoad } from "../stores/load.ts";
import { deleteWorkspace, deletionOf } from "./calls.ts";
import { commands } from "./commands.ts";

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** What is in the workspace and nowhere else, what is kept and until when: said before anything happens. */
export function DeleteDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const loaded = useLoad(`deletion ${workspace.id}`, (signal) => deletionOf(workspace.id, signal));
  const lost = workspace.observed === "unknown";
  return (
    <Confirm title={`Delete ${workspace.title || workspace.name}?`} action="Delete" danger command={commands.remove(workspace)} onClose={onClose} run={() => deleteWorkspace(workspace.id, lost)}>
      {loaded.problem && <ProblemNotice problem={loaded.problem} onRetry={loaded.reload} />}
      {loaded.loading && !loaded.data && <p role="status" className="soft">Looking for work that is nowhere else…</p>}
      {loaded.data && <Effects deletion={loaded.data} />}
      {lost && (
        <p>
          <strong>Its home is deleted at once, because it can't be reached.</strong>
        </p>
      )}
    </Confirm>
  );
}

function Effects({ deletion }: { deletion: Deletion }) {
  return (
    <div className="stack">
      <Work deletion={deletion} />
      {deletion.ends.length > 0 && <List title="Ends at once" items={deletion.ends} />}
      <List title={deletion.keptUntil ? `Kept until ${date.format(new Date(deletion.keptUntil))}, and can be restored` : "Kept"} items={deletion.kept} />
    </div>
  );
}

function Work({ deletion }: { deletion: Deletion }) {
  const { repositories, loose, surveyed, complete } = deletion;
  if (!surveyed)
    return (
      <Notice tone="wait" icon="info" title="Nobody can tell what work is in it">
        <p>It does not run. Start it first to see what is not pushed anywhere.</p>
      </Notice>
    );
  if (repositories.length === 0 && loose.length === 0)
    return (
      <Notice tone={complete ? "good" : "wait"} icon={complete ? "check" : "info"} title={complete ? "No work was found that is nowhere else" : "Not everything could be looked through"}>
        {!complete && <p>What was seen is pushed; there may be more.</p>}
      </Notice>
    );
  return (
    <Notice tone="bad" icon="failed" title="This is nowhere else">
      <ul className="work-list">
        {repositories.map((one) => (
          <li key={one.path}>
            <code className="wrap-anywhere">~/{one.path.replace(/^~\//, "")}</code>
            <span>
              {[
                one.unpushed > 0 && `${one.unpushed} unpushed ${one.unpushed === 1 ? "commit" : "commits"}`,
                one.changed > 0 && `${one.changed} ${one.changed === 1 ? "file" : "files"} not committed`,
                one.stashes > 0 && `${one.stashes} ${one.stashes === 1 ? "stash" : "stashes"}`,
              ]
                .filter(Boolean)
                .join(", ")}
            </span>
            {[...one.commits, ...one.files].length > 0 && (
              <ul className="small">
                {[...one.commits, ...one.files].map((line) => (
                  <li key={line} className="wrap-anywhere">
                    {line}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
        {loose.length > 0 && (
          <li>
            <span>In no repository:</span>
            <ul className="small">
              {loose.map((path) => (
                <li key={path} className="wrap-anywhere">
                  {path}
                </li>
              ))}
            </ul>
          </li>
        )}
      </ul>
      {!complete && <p className="small">There may be more than is listed.</p>}
    </Notice>
  );
}

function List({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul className="plan-list small soft">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  );
}
