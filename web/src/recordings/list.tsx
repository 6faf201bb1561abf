import { useEffect, useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Me, Problem } from "../api/types.ts";
import { Button, ButtonLink, Command, Notice, Pill } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago, bytes } from "../design/time.tsx";
import { Link, useQuery } from "../router/router.tsx";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { objects } from "../stores/objects.ts";
import { may } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { loadWorkspace } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";
import { type Recording, deleteRecording, downloadAddress, holdRecording, listRecordings } from "./calls.ts";
import { clock } from "./marks.tsx";

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export default function RecordingsPage({ me }: { me: Me }) {
  useTitle("Recordings");
  const [workspace, setWorkspace] = useQuery("workspace");
  const [cursor, setCursor] = useQuery("cursor");
  const list = useLoad(`recordings ${workspace} ${cursor}`, (signal) => listRecordings(workspace || null, cursor, signal));
  const [leaving, setLeaving] = useState<Recording | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { workspaces } = useStore(objects);
  // A recording names its workspace by id. One that can't be loaded any more keeps it: its recordings outlive it.
  const unnamed = [...new Set([...(list.data?.items.map((one) => one.workspace) ?? []), ...(workspace ? [workspace] : [])])].filter((id) => !workspaces.has(id)).join(" ");
  useEffect(() => {
    const abort = new AbortController();
    for (const id of unnamed.split(" ").filter(Boolean)) void loadWorkspace(id, abort.signal).catch(() => undefined);
    return () => abort.abort();
  }, [unnamed]);
  const name = (id: string) => workspaces.get(id)?.title || workspaces.get(id)?.name || `${id.slice(0, 10)}…`;
  const write = may(me, "workspaces:write");
  const hold = (one: Recording) => void holdRecording(one.id, !one.held).then(list.reload, (error: unknown) => setProblem(asProblem(error)));
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <h1>Recordings</h1>
          <p className="lead">{workspace ? `Terminals of ${name(workspace)}` : "Terminals whose policy has them recorded, newest first."}</p>
        </div>
        {workspace && <Button onClick={() => setWorkspace(null)}>Of all workspaces</Button>}
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {list.problem &&
        (list.problem.status === 404 ? (
          <Notice icon="record" title="This server keeps no recordings" />
        ) : (
          <ProblemNotice problem={list.problem} onRetry={list.reload} />
        ))}
      {list.data && list.data.items.length > 0 && (
        <ul className="card terminal-rows">
          {list.data.items.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <Link href={`/r/${encodeURIComponent(one.id)}`} className="strong wrap-anywhere">
                  {one.label}
                </Link>
                <div className="small soft wrap-anywhere">
                  {name(one.workspace)}, <Ago at={one.started} />, {clock(one.duration)}, {bytes(one.bytes)}
                  {one.endReason ? `, ${one.endReason}` : ""}
                </div>
                <div className="small faint">{one.held ? "On hold: kept until it is released" : one.until ? `Deleted on ${date.format(new Date(one.until))}` : ""}</div>
              </div>
              {one.state === "running" && (
                <Pill tone="busy" icon="record">
                  recording
                </Pill>
              )}
              <ButtonLink href={`/r/${encodeURIComponent(one.id)}`} icon="play">
                {one.state === "running" ? "Watch" : "Play"}
              </ButtonLink>
              <a className="button quiet" href={downloadAddress(one.id, "v3")} download>
                Export
              </a>
              {write && one.state === "ended" && (
                <>
                  <Button icon="lock" look="quiet" aria-pressed={one.held} onClick={() => hold(one)}>
                    {one.held ? "Release" : "Hold"}
                  </Button>
                  <Button icon="trash" iconOnly look="danger" unavailable={one.held ? "It is held. Release it first." : null} onClick={() => setLeaving(one)}>
                    Delete {one.label}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.data?.items.length === 0 && (
        <section className="empty">
          <h2>Nothing was recorded</h2>
          <p className="soft">A policy with <code>recording: on</code> has the terminals of its workspaces recorded.</p>
          <Command text={commands.recordings()} />
        </section>
      )}
      {list.data?.next && <Button onClick={() => setCursor(list.data!.next!)}>Older ones</Button>}
      {leaving && (
        <Confirm title={`Delete the recording of ${leaving.label}?`} action="Delete" danger command={commands.deleteRecording(leaving.id)} onClose={() => setLeaving(null)} run={() => deleteRecording(leaving.id).then(list.reload)}>
          <p>It can't be brought back. That it was deleted, and by whom, is recorded.</p>
        </Confirm>
      )}
    </div>
  );
}
