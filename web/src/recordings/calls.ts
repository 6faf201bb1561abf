import { ApiError, get, headersOf, problemOf, remove, request } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import type { CastEvent } from "./player.ts";

export interface Recording {
  id: string;
  workspace: string;
  terminal: string;
  label: string;
  state: "running" | "ended";
  mode: "on" | "required";
  started: string;
  ended?: string | null;
  endReason?: string | null;
  /** Seconds. */
  duration: number;
  bytes: number;
  columns: number;
  rows: number;
  held: boolean;
  /** When it is deleted; null while it runs or is held. */
  until?: string | null;
}

export interface Mark {
  time: number;
  kind: string;
  id?: string | null;
  text: string;
}

export interface Index {
  recording: Recording;
  marks: Mark[];
}

export interface Match {
  time: number;
  line: string;
}

const path = (id: string) => `/recordings/${encodeURIComponent(id)}`;

export const listRecordings = (workspace: string | null, cursor: string, signal: AbortSignal) =>
  get<Page<Recording>>(`/recordings?${new URLSearchParams({ limit: "50", ...(workspace ? { workspace } : {}), ...(cursor ? { cursor } : {}) })}`, signal);
export const indexOf = (id: string, signal: AbortSignal) => get<Index>(`${path(id)}/index`, signal);
export const searchIn = (id: string, text: string, signal: AbortSignal) => get<{ total: number; matches?: Match[]; items?: Match[]; complete: boolean }>(`${path(id)}/search?q=${encodeURIComponent(text)}`, signal);
export const holdRecording = (id: string, held: boolean) => request<Recording>("PUT", `${path(id)}/hold`, { body: { held } });
export const deleteRecording = (id: string) => remove(path(id));
export const downloadAddress = (id: string, format: "v3" | "v2" | "txt") => `/api/v1${path(id)}/cast?format=${format}&download=true`;

/** The events from a moment on, as they arrive; of one that runs also those to come. */
export async function* castOf(id: string, from: number, follow: boolean, signal: AbortSignal): AsyncGenerator<CastEvent> {
  const response = await fetch(`/api/v1${path(id)}/cast?${new URLSearchParams({ format: "v2", from: String(from), follow: String(follow) })}`, { headers: headersOf(), credentials: "same-origin", signal });
  if (!response.ok || !response.body) throw new ApiError(await problemOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let head = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? "")).split("\n");
      rest = done ? "" : lines.pop()!;
      for (const line of lines.filter(Boolean)) {
        const parsed: unknown = JSON.parse(line);
        if (head) {
          head = false;
          const { width, height } = parsed as { width: number; height: number };
          yield { time: from, code: "r", data: `${width}x${height}` };
        } else {
          const [time, code, data] = parsed as [number, string, string];
          yield { time: from + time, code, data };
        }
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // It was cut off already.
  }
}
