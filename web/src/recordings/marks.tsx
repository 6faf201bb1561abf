import { useEffect, useRef } from "react";
import { Icon, type IconName } from "../design/icon.tsx";
import type { Mark } from "./calls.ts";

const looks: Record<string, { icon: IconName; word: string }> = {
  allow: { icon: "check", word: "allowed" },
  deny: { icon: "failed", word: "refused" },
  push: { icon: "upload", word: "git push" },
  gap: { icon: "info", word: "not recorded" },
  cut: { icon: "stopped", word: "cut" },
};
export const lookOfMark = (kind: string) => looks[kind] ?? { icon: "dot" as const, word: kind };

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${parts[0]! > 0 ? `${parts[0]}:` : ""}${String(parts[1]).padStart(2, "0")}:${String(parts[2]).padStart(2, "0")}`;
}

/** Marks that would lie on each other are one tick: each has to be large enough to be hit. */
export function ticksOf(marks: readonly Mark[], duration: number, slots: number): { slot: number; first: number; count: number }[] {
  const ticks = new Map<number, { slot: number; first: number; count: number }>();
  marks.forEach((mark, index) => {
    const slot = Math.min(slots - 1, Math.floor((mark.time / duration) * slots));
    const tick = ticks.get(slot);
    if (tick) tick.count++;
    else ticks.set(slot, { slot, first: index, count: 1 });
  });
  return [...ticks.values()];
}

/** What was decided meanwhile, beside the terminal that caused it. A row plays the five seconds before it. */
export function Marks({ marks, chosen, position, onPlay }: { marks: readonly Mark[]; chosen: number | null; position: number; onPlay: (mark: Mark) => void }) {
  const list = useRef<HTMLOListElement>(null);
  const past = marks.findLastIndex((mark) => mark.time <= position + 0.05);
  const current = chosen ?? past;
  useEffect(() => {
    if (chosen !== null) list.current?.children[chosen]?.querySelector("button")?.focus();
  }, [chosen]);
  if (marks.length === 0) return <p className="soft">Nothing was decided while this ran.</p>;
  return (
    <ol ref={list} className="marks">
      {marks.map((mark, index) => {
        const look = lookOfMark(mark.kind);
        return (
          <li key={index} className={index === current ? "current" : undefined} aria-current={index === current ? "true" : undefined}>
            <button type="button" onClick={() => onPlay(mark)} title="Plays the five seconds before it">
              <span className={`mark-kind ${mark.kind}`}>
                <Icon name={look.icon} size={15} />
                {look.word}
              </span>
              <span className="small faint">{clock(mark.time)}</span>
              <span className="mark-text wrap-anywhere">{mark.text}</span>
              {mark.id && <span className="small faint wrap-anywhere">{mark.id}</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
