import { useEffect, useState } from "react";
import { get } from "../api/client.ts";
import type { Job, Page, Problem, ServerEvent, Workspace } from "../api/types.ts";
import { Command, Pill, type Tone } from "../design/controls.tsx";
import type { IconName } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { events } from "../events/stream.ts";
import { useLoad } from "../stores/load.ts";
import { objects, remember } from "../stores/objects.ts";
import { useStore } from "../stores/store.ts";
import { items } from "./calls.ts";
import { commands } from "./commands.ts";
import { Chips } from "./overview.tsx";
import { StepList } from "./steps.tsx";

const kinds: Record<string, string> = { create: "Create", duplicate: "Duplicate", start: "Start", stop: "Stop", restart: "Restart", delete: "Delete" };

const looks: Partial<Record<Job["state"], { tone: Tone; icon: IconName }>> = {
  queued: { tone: "wait", icon: "queued" },
  running: { tone: "busy", icon: "busy" },
  succeeded: { tone: "good", icon: "check" },
  failed: { tone: "bad", icon: "failed" },
};

function JobPill({ job }: { job: Job }) {
  const { tone, icon } = looks[job.state] ?? { tone: "calm", icon: "stopped" };
  return (
    <Pill tone={tone} icon={icon} spinning={job.state === "running"}>
      {job.state === "succeeded" ? "done" : job.state}
      {job.attempt > 1 ? `, try ${job.attempt}` : ""}
    </Pill>
  );
}

function useJobs(workspace: Workspace): { jobs: Job[]; problem: Problem | null; reload: () => void } {
  const { jobs } = useStore(objects);
  const loaded = useLoad(`jobs ${workspace.id} ${workspace.job ?? ""}`, async (signal) => {
    const list = items(await get<Job[] | Page<Job>>(`/workspaces/${workspace.id}/jobs`, signal));
    remember.jobs(list);
    return null;
  });
  const mine = [...jobs.values()].filter((job) => job.workspace === workspace.id).sort((a, b) => b.created.localeCompare(a.created));
  return { jobs: mine, problem: loaded.problem, reload: loaded.reload };
}

export function StepsTab({ workspace }: { workspace: Workspace }) {
  const { jobs, problem, reload } = useJobs(workspace);
  return (
    <div className="stack">
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {jobs.map((job) => (
        <section key={job.id} className="card stack">
          <div className="row between">
            <div className="row">
              <h2>{kinds[job.kind] ?? job.kind}</h2>
              <JobPill job={job} />
            </div>
            <span className="row small soft">
              <Ago at={job.created} />
              <a href={`/api/v1/jobs/${encodeURIComponent(job.id)}/log`} download={`${job.id}.log`}>
                Log as a file
              </a>
            </span>
          </div>
          <StepList job={job} />
        </section>
      ))}
      {jobs.length === 0 && !problem && <p className="soft">Nothing was done with it yet.</p>}
    </div>
  );
}

export function PolicyTab({ workspace }: { workspace: Workspace }) {
  return (
    <section className="card stack">
      <h2>What it may reach</h2>
      <p className="soft">The operator's policies decide; a workspace can't change them. Everything that is not named there is refused, and each refusal says which rule decided.</p>
      <dl className="facts">
        <dt>In force</dt>
        <dd>{workspace.policies.length > 0 ? <Chips items={workspace.policies} /> : "no policy: nothing outside can be reached"}</dd>
        <dt>Isolation</dt>
        <dd>{workspace.isolation || "shown once it has started"}</dd>
      </dl>
      {workspace.policies.length > 0 && <Command text={commands.policy(workspace.policies)} label="Every rule, with defaults" />}
      <Command text={commands.explain(workspace.policies[0] ?? "POLICY", "HOST")} label="Why a host can or can't be reached" />
    </section>
  );
}

/** What happened: recorded in jobs, and whatever comes while the page is open. */
export function EventsTab({ workspace }: { workspace: Workspace }) {
  const { jobs } = useJobs(workspace);
  const [live, setLive] = useState<{ at: string; text: string }[]>([]);
  useEffect(
    () =>
      events.subscribe((event) => {
        if (event.workspace === workspace.id || event.id === workspace.id) setLive((list) => [...list.slice(-99), { at: new Date().toISOString(), text: wordsOf(event) }]);
      }),
    [workspace.id],
  );
  const past = jobs.flatMap((job) => [
    ...(job.ended ? [{ at: job.ended, text: `${kinds[job.kind] ?? job.kind}: ${job.state}${job.error ? `, ${job.error.message}` : ""}` }] : []),
    { at: job.created, text: `${kinds[job.kind] ?? job.kind}: asked for` },
  ]);
  const all = [...live, ...past].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 100);
  return (
    <section className="card stack">
      <h2>Events</h2>
      <ul className="event-list">
        {all.map((event, index) => (
          <li key={index}>
            <span className="soft small">
              <Ago at={event.at} />
            </span>
            <span className="wrap-anywhere">{event.text}</span>
          </li>
        ))}
      </ul>
      {all.length === 0 && <p className="soft">Nothing yet.</p>}
      <Command text={commands.why(workspace)} />
    </section>
  );
}

function wordsOf(event: ServerEvent & { name: string }): string {
  const object = event.object as { observed?: string; message?: string; state?: string; label?: string; kind?: string } | undefined;
  const type = event.type.replace(/\.changed$/, "");
  return [type.charAt(0).toUpperCase() + type.slice(1), object?.label ?? object?.kind, object?.observed ?? object?.state, object?.message].filter(Boolean).join(": ");
}
