/** Pauses between tries to come back: 500 ms, doubling to 10 s, each times 0.5 to 1.5 so that a class of fifty does not return in one instant. */
export class Backoff {
  private tries = 0;
  private readonly random: () => number;

  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  next(): number {
    const base = Math.min(10_000, 500 * 2 ** this.tries);
    this.tries = Math.min(this.tries + 1, 16);
    return Math.round(base * (0.5 + this.random()));
  }

  reset(): void {
    this.tries = 0;
  }
}
