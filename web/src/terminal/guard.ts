import type { Terminal } from "@xterm/xterm";

interface WriteBuffer {
  _action(chunk: string | Uint8Array, result?: boolean): unknown;
}

/**
 * xterm.js 6.0 throws on some valid output (ED 1 in the last column of the last line, say), and its write buffer then never goes on: the
 * screen would stand still for good. Here the chunk is given up instead, the parser goes on, and `broken` asks for the true screen.
 */
export function guardWrites(term: Terminal, broken: () => void): void {
  const buffer = (term as unknown as { _core: { _writeBuffer: WriteBuffer } })._core._writeBuffer;
  const action = buffer._action;
  buffer._action = (chunk, result) => {
    try {
      return action(chunk, result);
    } catch {
      broken();
      return undefined;
    }
  };
}
