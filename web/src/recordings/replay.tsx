import "@xterm/xterm/css/xterm.css";
import "../terminal/fonts.css";
import "./recordings.css";
import { useEffect, useRef, useState } from "react";
import { reasons } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { Button, ButtonLink, Command, Notice } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago, useNow } from "../design/time.tsx";
import { NotFound } from "../pages/not-found.tsx";
import { useQuery } from "../router/router.tsx";
import { useNarrow } from "../shell/narrow.ts";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { settings } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import { ReasonForm } from "../terminal/reason-form.tsx";
import { appearanceOf } from "../terminal/themes.ts";
import { commands } from "../workspaces/commands.ts";
import { type Index, castOf, indexOf } from "./calls.ts";
import { Marks, clock, lookOfMark, ticksOf } from "./marks.tsx";
import { Player, type PlayerState, speeds } from "./player.ts";
import { ReplayScreen } from "./screen.ts";
import { SearchIn } from "./search-in.tsx";

export default function ReplayPage({ me, id }: { me: Me; id: string }) {
  useTitle("Recording");
  const reason = useStore(reasons);
  useEffect(() => () => reasons.set(null), []);
  const index = useLoad(`recording ${id} ${reason ?? ""}`, (signal) => indexOf(id, signal));
  if (index.problem?.code === "reason_required") return <ReasonForm title="This is somebody else's recording" />;
  if (index.problem && !index.data)
    return [403, 404].includes(index.problem.status) ? (
      <NotFound me={me} />
    ) : (
      <div className="page narrow">
        <ProblemNotice problem={index.problem} onRetry={index.reload} />
      </div>
    );
  if (!index.data) return <div className="loading" role="status" aria-label="Loading" />;
  return <Replay key={id} index={index.data} />;
}

function Replay({ index }: { index: Index }) {
  const { recording, marks } = index;
  const [from, setFrom] = useQuery("t");
  const [chosen, setChosen] = useState<number | null>(null);
  const [state, setState] = useState<PlayerState | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const player = useRef<Player | null>(null);
  const narrow = useNarrow();
  useNow(200);
  const running = recording.state === "running";
  useEffect(() => {
    const screen = new ReplayScreen(place.current!, appearanceOf(settings.get().value.terminal));
    const made: Player = new Player({
      source: (start, signal) => castOf(recording.id, start, running, signal),
      screen,
      clock: { now: () => performance.now(), after: (wait, action) => ((timer) => () => clearTimeout(timer))(setTimeout(action, wait)) },
      changed: () => setState(made.state),
    });
    player.current = made;
    made.seek(Number(from) || 0, false);
    return () => {
      made.dispose();
      screen.dispose();
    };
  }, [recording.id, running]);
  const position = player.current?.position ?? 0;
  const duration = Math.max(recording.duration, position, 0.1);
  const seek = (to: number, playing?: boolean) => {
    setChosen(null);
    player.current!.seek(to, playing);
    // Up to a millisecond, and never before what is shown now.
    setFrom(to > 0 ? String(Math.ceil(to * 1000) / 1000) : null, { replace: true });
  };
  return (
    <div className="page replay">
      <div className="page-head">
        <div className="grow">
          <h1 className="wrap-anywhere">{recording.label}</h1>
          <p className="lead">
            Recorded <Ago at={recording.started} />
            {running ? ", still running" : `, ${clock(recording.duration)} long`}
            {recording.endReason ? `: ${recording.endReason}` : ""}
          </p>
        </div>
        <ButtonLink href={`/recordings?workspace=${encodeURIComponent(recording.workspace)}`} icon="back">
          All of this workspace
        </ButtonLink>
      </div>
      <div className="replay-grid">
        <section className="stack" aria-label="Replay">
          <div className="replay-stage">
            <div ref={place} className="replay-screen" />
            {state && !state.playing && position === 0 && !state.failed && (
              <button type="button" className="replay-begin" onClick={() => player.current!.play()}>
                <Icon name="play" size={28} />
                <span className="sr-only">Begin</span>
              </button>
            )}
          </div>
          {state?.failed && (
            <Notice tone="bad" icon="failed" live title="The recording breaks off here">
              <p>What comes after this could not be read. `caisson recording verify` says whether it was changed.</p>
            </Notice>
          )}
          <div className="replay-track">
            <div className="replay-ticks">
              {ticksOf(marks, duration, narrow ? 12 : 24).map(({ slot, first, count }) => {
                const mark = marks[first]!;
                const words = `${lookOfMark(mark.kind).word} at ${clock(mark.time)}: ${mark.text}${count > 1 ? `, and ${count - 1} more` : ""}`;
                return <button key={slot} type="button" className={`tick ${mark.kind}`} style={{ left: `${((slot + 0.5) / (narrow ? 12 : 24)) * 100}%` }} aria-label={words} title={words} onClick={() => setChosen(first)} />;
              })}
            </div>
            <input
              type="range"
              aria-label="Position"
              aria-valuetext={`${clock(position)} of ${clock(duration)}`}
              min={0}
              max={duration}
              step={0.1}
              value={Math.min(position, duration)}
              onChange={(event) => seek(Number(event.target.value))}
            />
          </div>
          <div className="row replay-controls">
            <Button look="primary" icon={state?.playing ? "stop" : "play"} onClick={() => (state?.playing ? player.current!.pause() : player.current!.play())}>
              {state?.playing ? "Pause" : "Play"}
            </Button>
            <span className="replay-time" role="timer">
              {clock(position)} / {clock(duration)}
            </span>
            <label className="row small">
              Speed
              <select className="input filter" value={state?.speed ?? 1} onChange={(event) => player.current!.setSpeed(Number(event.target.value))}>
                {speeds.map((speed) => (
                  <option key={speed} value={speed}>
                    {speed}×
                  </option>
                ))}
              </select>
            </label>
            <label className="check small">
              <input type="checkbox" checked={state?.skipPauses ?? true} onChange={(event) => player.current!.setSkipPauses(event.target.checked)} />
              <span>Leave out silences over 2 s</span>
            </label>
            {running && (
              <Button icon="record" onClick={() => seek(recording.duration, true)}>
                Live
              </Button>
            )}
          </div>
        </section>
        <aside className="stack">
          <section className="card stack" aria-label="What was decided">
            <h2>What was decided</h2>
            <Marks marks={marks} chosen={chosen} position={position} onPlay={(mark) => seek(Math.max(0, mark.time - 5), true)} />
          </section>
          <SearchIn recording={recording.id} onPlay={(time) => seek(time, false)} />
          <section className="card stack" aria-label="As a file">
            <h2>As a file</h2>
            <p className="soft small">For asciinema and its player; the page's list has the same.</p>
            <Command text={commands.exportRecording(recording.id)} label={null} />
          </section>
        </aside>
      </div>
    </div>
  );
}
