import type { Step } from "../api/types.ts";

/** When each step ran, on one line of time that all steps of the job share. */
export function spansOf(steps: Step[], now: number): { from: number; length: number }[] {
  const times = steps.map((step) =>
    step.started ? { begun: Date.parse(step.started), over: step.ended ? Date.parse(step.ended) : now } : null,
  );
  const known = times.filter((time) => time !== null);
  const first = Math.min(...known.map((time) => time.begun));
  const whole = Math.max(1, ...known.map((time) => time.over - first));
  return times.map((time) =>
    time ? { from: ((time.begun - first) / whole) * 100, length: (Math.max(0, time.over - time.begun) / whole) * 100 } : { from: 0, length: 0 },
  );
}
