import type { Clock } from "../terminal/session.ts";

/** One line of a cast: output, a size, a mark. */
export interface CastEvent {
  time: number;
  code: string;
  data: string;
}

/** The events of a recording from a moment on; it begins with the screen as it was then. */
export type Source = (from: number, signal: AbortSignal) => AsyncIterable<CastEvent>;

export interface PlayerScreen {
  reset(): void;
  write(text: string): void;
  resize(columns: number, rows: number): void;
}

export interface PlayerState {
  playing: boolean;
  speed: number;
  skipPauses: boolean;
  /** Everything that there is was shown. */
  ended: boolean;
  failed: boolean;
}

export const speeds = [0.5, 1, 2, 4, 8] as const;
const longestPause = 2;

/**
 * Plays a recording: pulls events as their time comes, so that no more of a long one is loaded than is shown. Knows neither the DOM nor a
 * network. Another place is another stream, because only the server knows the screen there.
 */
export class Player {
  state: PlayerState = { playing: false, speed: 1, skipPauses: true, ended: false, failed: false };
  private base = 0;
  private since = 0;
  private abort = new AbortController();
  private woken: (() => void)[] = [];
  private readonly source: Source;
  private readonly screen: PlayerScreen;
  private readonly clock: Clock;
  private readonly changed: () => void;

  constructor(parts: { source: Source; screen: PlayerScreen; clock: Clock; changed: () => void }) {
    this.source = parts.source;
    this.screen = parts.screen;
    this.clock = parts.clock;
    this.changed = parts.changed;
  }

  /** Seconds since the recording began. */
  get position(): number {
    return this.state.playing && !this.state.ended ? this.base + ((this.clock.now() - this.since) / 1000) * this.state.speed : this.base;
  }

  play(): void {
    if (this.state.ended) return this.seek(0, true);
    this.set({ playing: true });
  }

  pause(): void {
    this.set({ playing: false });
  }

  setSpeed(speed: number): void {
    this.set({ speed });
  }

  setSkipPauses(skipPauses: boolean): void {
    this.set({ skipPauses });
  }

  seek(to: number, playing = this.state.playing): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.base = Math.max(0, to);
    this.since = this.clock.now();
    this.state = { ...this.state, playing, ended: false, failed: false };
    this.screen.reset();
    this.wake();
    this.changed();
    void this.run(this.base, this.abort.signal);
  }

  dispose(): void {
    this.abort.abort();
    this.wake();
  }

  private async run(from: number, signal: AbortSignal): Promise<void> {
    try {
      // What belongs to the very moment is shown at once, also while it stands still.
      for await (const event of this.source(from, signal)) {
        if (event.time > from) await this.reach(event.time, signal);
        if (signal.aborted) return;
        this.apply(event);
      }
      if (!signal.aborted) this.end({ ended: true, playing: false });
    } catch {
      // A stream that was cut off: what was shown stays, and the page says that there should be more.
      if (!signal.aborted) this.end({ failed: true, playing: false });
    }
  }

  /** Waits for the moment, in the time that a person has chosen; longer silences are left out. */
  private async reach(time: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const gap = time - this.position;
      if (this.state.playing && gap <= 0) return;
      if (this.state.playing && this.state.skipPauses && gap > longestPause) {
        this.base = time;
        this.since = this.clock.now();
        this.changed();
        return;
      }
      await new Promise<void>((resolve) => {
        const cancel = this.state.playing ? this.clock.after((gap / this.state.speed) * 1000, resolve) : () => undefined;
        this.woken.push(() => {
          cancel();
          resolve();
        });
      });
    }
  }

  private apply(event: CastEvent): void {
    if (event.code === "o") this.screen.write(event.data);
    const size = event.code === "r" ? /^(\d+)x(\d+)$/.exec(event.data) : null;
    if (size) this.screen.resize(Number(size[1]), Number(size[2]));
  }

  private end(change: Partial<PlayerState>): void {
    this.base = this.position;
    this.state = { ...this.state, ...change };
    this.changed();
  }

  private set(change: Partial<PlayerState>): void {
    this.base = this.position;
    this.since = this.clock.now();
    this.state = { ...this.state, ...change };
    this.wake();
    this.changed();
  }

  private wake(): void {
    const woken = this.woken;
    this.woken = [];
    for (const wake of woken) wake();
  }
}
