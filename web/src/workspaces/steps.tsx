import { useRef } from "react";
import type { Job, Step } from "../api/types.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { seconds, useNow } from "../design/time.tsx";
import { loadJob } from "./calls.ts";
import { objects } from "../stores/objects.ts";
import { useLoad } from "../stores/load.ts";
import { useStore } from "../stores/store.ts";
import { progressOf } from "./estimate.ts";
import { spansOf } from "./spans.ts";

export function useJob(id: string | null | undefined): Job | null {
  const { jobs } = useStore(objects);
  useLoad(id ? `job ${id}` : null, (signal) => loadJob(id!, signal));
  return id ? (jobs.get(id) ?? null) : null;
}

const marks: Record<Step["state"], { icon: IconName; word: string }> = {
  pending: { icon: "dot", word: "not begun" },
  running: { icon: "busy", word: "running" },
  succeeded: { icon: "check", word: "done" },
  failed: { icon: "failed", word: "failed" },
  skipped: { icon: "skip", word: "skipped" },
  cancelled: { icon: "cross", word: "cancelled" },
};

export function JobBar({ job }: { job: Job }) {
  const now = useNow(250);
  const highest = useRef({ job: job.id, share: 0 });
  if (highest.current.job !== `${job.id}/${job.attempt}`) highest.current = { job: `${job.id}/${job.attempt}`, share: 0 };
  const progress = progressOf(job, now, highest.current.share);
  if (progress.share !== null) highest.current.share = progress.share;
  const step = job.steps.find((one) => one.state === "running");
  return (
    <div className="job-bar">
      <div className="row between small">
        <span className="clip soft" role="status">
          {job.state === "queued" ? "Queued" : (step?.title ?? (job.state === "running" ? "Working" : job.state))}
        </span>
        <span className="faint">{progress.words}</span>
      </div>
      <progress className="bar" max={1} {...(progress.share === null ? {} : { value: progress.share })} aria-label="Progress" />
    </div>
  );
}

/** Steps side by side are seen to be so. The words beside it say the seconds. */
function Span({ from, length }: { from: number; length: number }) {
  const width = Math.max(length, 0.6);
  return (
    <svg className="step-span" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" />
      <rect className="step-span-run" x={Math.min(from, 100 - width)} width={width} height="4" />
    </svg>
  );
}

export function StepList({ job }: { job: Job }) {
  const now = useNow(1000);
  const spans = spansOf(job.steps, now);
  return (
    <ol className="steps">
      {job.steps.map((step, index) => {
        const mark = marks[step.state] ?? marks.pending;
        const spent = step.seconds ?? (step.started ? ((step.ended ? Date.parse(step.ended) : now) - Date.parse(step.started)) / 1000 : null);
        return (
          <li key={step.name} className={`step ${step.state}`}>
            <span className="step-mark">
              <Icon name={mark.icon} size={16} {...(step.state === "running" ? { className: "spin" } : {})} />
            </span>
            <div className="grow">
              <div className="row between">
                <span className="wrap-anywhere">{step.title}</span>
                <span className="small faint">
                  {mark.word}
                  {step.attempts > 1 ? `, try ${step.attempts}` : ""}
                  {spent !== null && step.state !== "pending" ? `, ${seconds(spent)}` : ""}
                </span>
              </div>
              {step.started && step.state !== "pending" && step.state !== "skipped" && <Span {...spans[index]!} />}
              {step.message && <p className="small soft wrap-anywhere">{step.message}</p>}
              {step.fix && <p className="small wrap-anywhere">{step.fix}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
