/** The input that this viewer sent and the server has not said it applied. Numbered by bytes, so that a resend can start inside a frame. */
export class PendingInput {
  private chunks: { sequence: number; bytes: Uint8Array }[] = [];
  private nextSequence = 0;

  get size(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  }

  /** The sequence that the bytes got. */
  add(bytes: Uint8Array): number {
    const sequence = this.nextSequence;
    this.chunks.push({ sequence, bytes });
    this.nextSequence += bytes.length;
    return sequence;
  }

  /** The server has everything before `sequence`. */
  applied(sequence: number): void {
    while (this.chunks.length > 0) {
      const [head] = this.chunks as [{ sequence: number; bytes: Uint8Array }];
      const end = head.sequence + head.bytes.length;
      if (end <= sequence) {
        this.chunks.shift();
        continue;
      }
      if (head.sequence < sequence) {
        head.bytes = head.bytes.subarray(sequence - head.sequence);
        head.sequence = sequence;
      }
      return;
    }
  }

  /** What has to be sent again after a break, in order. */
  rest(): readonly { sequence: number; bytes: Uint8Array }[] {
    return this.chunks;
  }

  /** A new viewer key: numbering begins where the server says, and what was under way is given up. Returns how many bytes that were. */
  restart(sequence: number): number {
    const lost = this.size;
    this.chunks = [];
    this.nextSequence = sequence;
    return lost;
  }
}
