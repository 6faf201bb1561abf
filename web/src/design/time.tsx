import { useEffect, useState } from "react";

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function ago(then: string, now: number): string {
  const seconds = Math.round((Date.parse(then) - now) / 1000);
  const size = Math.abs(seconds);
  if (Number.isNaN(seconds)) return "";
  if (size < 45) return "just now";
  if (size < 45 * 60) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 22 * 3600) return relative.format(Math.round(seconds / 3600), "hour");
  if (size < 26 * 86400) return relative.format(Math.round(seconds / 86400), "day");
  return relative.format(Math.round(seconds / 2629800), "month");
}

/** The page's clock. Only drawing: nothing is asked from the server by it. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** A moment as people say it; the exact one on hover. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow(15_000);
  if (!at) return <>never</>;
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {ago(at, now)}
    </time>
  );
}

/** The exact moment, where it is what matters. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{absolute.format(new Date(at))}</time>;
}

const units = { second: 1, minute: 60, hour: 3600, day: 86400 };
const lengths = Object.entries(units).map(([unit, size]) => ({ size, format: new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "short" }) }));

/** How long something has lasted; the moment it began on hover. */
export function Lasting({ since }: { since: string }) {
  const now = useNow(15_000);
  const passed = Math.max(0, (now - Date.parse(since)) / 1000);
  // In the largest unit of which there is more than one and a half, so "90 min" but "2 hr".
  const { size, format } = lengths.findLast((length) => passed >= length.size * 1.5) ?? lengths[0]!;
  return (
    <time dateTime={since} title={absolute.format(new Date(since))}>
      {passed < 10 ? "a moment" : format.format(Math.round(passed / size))}
    </time>
  );
}

export function seconds(value: number): string {
  if (value < 10) return `${Math.max(0, Math.round(value * 10) / 10)} s`;
  if (value < 90) return `${Math.round(value)} s`;
  return `${Math.round(value / 60)} min`;
}

export function bytes(value: number): string {
  const names = ["B", "KB", "MB", "GB"];
  let unit = 0;
  for (; value >= 1000 && unit < names.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)} ${names[unit]}`;
}
