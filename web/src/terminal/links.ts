import { reasons } from "../api/client.ts";
import type { Dial, Link } from "./session.ts";
import { encode, largestFrame, subprotocol } from "./wire.ts";
import { SseParser } from "../events/sse.ts";

/** Connections of the page to a terminal: WebSocket, or events and POST where something between blocks WebSockets. */
export function dialTerminal(terminal: string): Dial {
  return (transport, attachment, events) => {
    if (transport === "websocket") {
      const socket = new WebSocket(`/api/v1/terminals/${encodeURIComponent(terminal)}/ws${reasonQuery("?")}`, subprotocol);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => events.opened();
      socket.onmessage = (message: MessageEvent<ArrayBuffer | string>) => {
        if (typeof message.data === "string") socket.close(1003);
        else events.frame(message.data);
      };
      socket.onclose = (closed) => events.closed(closed.code);
      return {
        send: (frame) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(frame);
        },
        close: () => socket.close(),
      };
    }
    return eventLink(terminal, attachment, events);
  };
}

/** A browser can set no header on a socket. */
const reasonQuery = (first: "?" | "&"): string => (reasons.get() ? `${first}reason=${encodeURIComponent(reasons.get()!)}` : "");

/** The server's frames as the data of events, base64; input as POST, one at a time, so that it arrives in order. */
const eventLink: (terminal: string, ...rest: [Parameters<Dial>[1], Parameters<Dial>[2]]) => Link = (terminal, attachment, events) => {
  const abort = new AbortController();
  const base = `/api/v1/terminals/${encodeURIComponent(terminal)}`;
  let viewer = attachment.viewer;
  let sending = Promise.resolve();
  const query = new URLSearchParams({ from: String(attachment.from), columns: String(attachment.columns), rows: String(attachment.rows), ...(viewer ? { viewer } : {}) });
  const read = async () => {
    const response = await fetch(`${base}/stream?${query}${reasonQuery("&")}`, { headers: { Accept: "text/event-stream" }, credentials: "same-origin", signal: abort.signal });
    if (!response.ok || !response.body) return events.closed({ 401: 4401, 403: 4403, 404: 4404 }[response.status] ?? 1006);
    events.opened();
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return events.closed(1006);
      for (const message of parser.push(decoder.decode(value, { stream: true }))) {
        if (message.event === "close") return events.closed(Number(message.data) || 1006);
        const frame = Uint8Array.from(atob(message.data), (character) => character.charCodeAt(0));
        if (frame[0] === 0x01) viewer = (JSON.parse(new TextDecoder().decode(frame.subarray(1))) as { viewer: string }).viewer;
        events.frame(frame);
      }
    }
  };
  read().catch(() => {
    if (!abort.signal.aborted) events.closed(1006);
  });
  const post = async (sequence: number, bytes: Uint8Array) => {
    const response = await fetch(`${base}/input`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      signal: abort.signal,
      body: JSON.stringify({ viewer, sequence, data: btoa(String.fromCharCode(...bytes)) }),
    });
    if (!response.ok) throw new Error(`input: ${response.status}`);
    events.frame(acknowledged(((await response.json()) as { sequence: number }).sequence));
  };
  return {
    send: (frame) => {
      // Sizes and acknowledgements have no POST twin: this way is for reading and typing until the WebSocket is back.
      if (frame[0] !== 0x82) return;
      const sequence = Number(new DataView(frame.buffer).getBigUint64(1));
      sending = sending
        .then(() => post(sequence, frame.subarray(9, largestFrame)))
        .catch(() => {
          if (abort.signal.aborted) return;
          abort.abort();
          events.closed(1006);
        });
    },
    close: () => abort.abort(),
  };
};

function acknowledged(sequence: number): Uint8Array {
  const frame = encode.ack(sequence);
  frame[0] = 0x05;
  return frame;
}
