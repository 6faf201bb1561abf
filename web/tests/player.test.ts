import { describe, expect, it } from "vitest";
import { type CastEvent, Player } from "../src/recordings/player.ts";
import { FakeClock } from "./fake-clock.ts";

class Fixture {
  clock = new FakeClock();
  shown: string[] = [];
  asked: number[] = [];
  player: Player;

  constructor(events: CastEvent[], { breaks = false } = {}) {
    const { asked } = this;
    this.player = new Player({
      source: async function* (from) {
        asked.push(from);
        yield* events.filter((event) => event.time >= from);
        if (breaks) throw new Error("cut off");
      },
      screen: { reset: () => (this.shown = []), write: (text) => this.shown.push(text), resize: (columns, rows) => this.shown.push(`${columns}x${rows}`) },
      clock: this.clock,
      changed: () => undefined,
    });
  }

  async advance(milliseconds: number): Promise<void> {
    for (let step = 0; step < milliseconds; step += 100) {
      await settled();
      this.clock.advance(100);
    }
    await settled();
  }
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
const out = (time: number, data: string): CastEvent => ({ time, code: "o", data });

describe("a replay", () => {
  it("shows what belongs to the moment at once, the rest in its time", async () => {
    const fixture = new Fixture([{ time: 0, code: "r", data: "100x30" }, out(0, "a"), out(1, "b")]);
    fixture.player.seek(0, false);
    await settled();
    expect(fixture.shown).toEqual(["100x30", "a"]);
    fixture.player.play();
    await fixture.advance(1000);
    expect(fixture.shown).toEqual(["100x30", "a", "b"]);
  });

  it("plays at its speed, and stands still where it is told to", async () => {
    const fixture = new Fixture([out(1, "a"), out(2, "b"), out(3, "c")]);
    fixture.player.seek(0, true);
    await fixture.advance(900);
    expect(fixture.shown).toEqual([]);
    await fixture.advance(200);
    expect(fixture.shown).toEqual(["a"]);
    fixture.player.pause();
    await fixture.advance(5000);
    expect(fixture.shown).toEqual(["a"]);
    fixture.player.setSpeed(8);
    fixture.player.play();
    await fixture.advance(200);
    expect(fixture.shown).toEqual(["a", "b"]);
    await fixture.advance(200);
    expect(fixture.shown).toEqual(["a", "b", "c"]);
    expect(fixture.player.state).toMatchObject({ ended: true, playing: false, failed: false });
  });

  it("leaves silences over two seconds out, unless they are wished", async () => {
    const fixture = new Fixture([out(0, "a"), out(60, "b"), out(120, "c")]);
    fixture.player.seek(0, true);
    await fixture.advance(100);
    expect(fixture.shown).toEqual(["a", "b", "c"]);
    fixture.player.setSkipPauses(false);
    fixture.player.seek(0, true);
    await fixture.advance(59_000);
    expect(fixture.shown).toEqual(["a"]);
    await fixture.advance(2000);
    expect(fixture.shown).toEqual(["a", "b"]);
  });

  it("goes to another place by another stream, which begins with the screen there", async () => {
    const fixture = new Fixture([out(0, "a"), out(30, "screen at 30"), out(31, "b")]);
    fixture.player.seek(0, false);
    await settled();
    fixture.player.seek(30, false);
    await settled();
    expect(fixture.asked).toEqual([0, 30]);
    expect(fixture.shown).toEqual(["screen at 30"]);
    expect(fixture.player.position).toBe(30);
    fixture.player.play();
    await fixture.advance(1100);
    expect(fixture.shown).toEqual(["screen at 30", "b"]);
  });

  it("keeps what it showed where the stream breaks off, and says so; and begins anew after its end", async () => {
    const broken = new Fixture([out(0, "a")], { breaks: true });
    broken.player.seek(0, true);
    await settled();
    expect(broken.shown).toEqual(["a"]);
    expect(broken.player.state).toMatchObject({ failed: true, playing: false });
    const whole = new Fixture([out(0, "a")]);
    whole.player.seek(0, true);
    await settled();
    whole.player.play();
    await settled();
    expect(whole.asked).toEqual([0, 0]);
  });
});
