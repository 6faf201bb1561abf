import type { Job } from "../api/types.ts";

export interface Progress {
  /** 0 to 1; null where nothing is known. */
  share: number | null;
  words: string;
  longer: boolean;
}

/**
 * How far a job is: the bar runs to the P50 of past jobs, the words are P95's. It is drawn from the clock, so `before` keeps it from
 * running backwards when an estimate changes on the way.
 */
export function progressOf(job: Job, now: number, before = 0): Progress {
  if (job.state === "queued") return { share: null, words: job.position ? `${ordinal(job.position)} in the queue` : "waiting for its turn", longer: false };
  if (job.state !== "running" || !job.started) return { share: null, words: "", longer: false };
  const elapsed = Math.max(0, (now - Date.parse(job.started)) / 1000);
  const done = job.steps.filter((step) => step.state === "succeeded" || step.state === "skipped").length;
  const floor = job.steps.length > 0 ? (done / job.steps.length) * 0.95 : 0;
  if (!job.estimate) return { share: Math.max(before, floor), words: `${Math.round(elapsed)} s so far`, longer: false };
  const { p50, p95 } = job.estimate;
  const share = Math.max(before, Math.min(0.97, (elapsed / Math.max(0.1, p50)) * 0.95));
  // P99 is not in the answer; half above P95 is where a person begins to wonder.
  const longer = elapsed > p95 * 1.5;
  const words = longer ? "longer than usual" : elapsed > p95 ? "any moment now" : `up to ${Math.max(1, Math.ceil(p95 - elapsed))} s`;
  return { share, words, longer };
}

export function ordinal(place: number): string {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(place);
  return `${place}${{ one: "st", two: "nd", few: "rd", other: "th", zero: "th", many: "th" }[rule]}`;
}
