import { problemOf } from "../api/client.ts";
import type { ServerEvent } from "../api/types.ts";
import { Backoff } from "../terminal/backoff.ts";
import { Store } from "../stores/store.ts";
import { SseParser } from "./sse.ts";

/** "refused": the server is there and gives no events, so what is shown is true when loaded and may grow old. */
export type StreamState = "connecting" | "live" | "reconnecting" | "refused" | "closed";
type Listener = (event: ServerEvent & { name: string }) => void;

/** Longer than the server's comment every 15 s: a stream without a word for this long is dead, whatever the browser believes. */
const silence = 40_000;
/** A hidden tab gives its connection back: over HTTP/1.1 a browser has six for all tabs of this address. */
const hiddenFor = 60_000;

/**
 * The one stream of events of the page. Resumes behind the last event that arrived; where the server no longer has that, `reset` asks
 * everybody to load anew. It is read with fetch, because EventSource can neither tell 401 from an outage nor resume after it gave up.
 */
export class EventStream {
  readonly state = new Store<{ stream: StreamState; since: number | null }>({ stream: "connecting", since: null });
  private readonly listeners = new Set<Listener>();
  private readonly backoff = new Backoff();
  private lastId: string | null = null;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hideTimer: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.visibility);
    void this.read();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.visibility);
    clearTimeout(this.timer);
    clearTimeout(this.hideTimer);
    this.abort?.abort();
    this.abort = null;
    this.state.set({ stream: "closed", since: null });
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private readonly hurry = () => {
    if (this.running && ["reconnecting", "refused"].includes(this.state.get().stream)) {
      this.backoff.reset();
      clearTimeout(this.timer);
      void this.read();
    }
  };

  private readonly visibility = () => {
    clearTimeout(this.hideTimer);
    if (document.visibilityState === "visible") this.hurry();
    else
      this.hideTimer = setTimeout(() => {
        this.abort?.abort();
      }, hiddenFor);
  };

  private async read(): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => abort.abort(), silence);
    };
    try {
      heard();
      const response = await fetch("/api/v1/events", {
        headers: { Accept: "text/event-stream", ...(this.lastId ? { "Last-Event-ID": this.lastId } : {}) },
        credentials: "same-origin",
        cache: "no-store",
        signal: abort.signal,
      });
      if (response.status === 401) {
        await problemOf(response);
        this.stop();
        return;
      }
      if (response.status >= 400 && response.status < 500) {
        this.state.set({ stream: "refused", since: null });
        this.again();
        return;
      }
      if (!response.ok || !response.body) throw new Error(`events: ${response.status}`);
      const missedSome = this.lastId === null && ["reconnecting", "refused"].includes(this.state.get().stream);
      this.backoff.reset();
      this.state.set({ stream: "live", since: null });
      if (missedSome) this.emit({ name: "reset", type: "reset", id: "" });
      const parser = new SseParser();
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard();
        for (const message of parser.push(decoder.decode(value, { stream: true }))) {
          if (message.id !== null) this.lastId = message.id;
          this.dispatch(message.event, message.data);
        }
      }
    } catch {
      // Every way to lose the stream is the same to a reader: it says so and comes back.
    } finally {
      clearTimeout(quiet);
    }
    if (!this.running || this.abort !== abort) return;
    this.state.set({ stream: "reconnecting", since: this.state.get().since ?? Date.now() });
    this.again();
  }

  private again(): void {
    if (document.visibilityState === "visible") this.timer = setTimeout(() => void this.read(), this.backoff.next());
  }

  private dispatch(name: string, data: string): void {
    if (name === "reset") this.lastId = null;
    try {
      const event = (data ? JSON.parse(data) : {}) as ServerEvent;
      this.emit({ ...event, type: event.type ?? name, name });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.emit({ name: "reset", type: "reset", id: "" });
    }
  }

  private emit(event: ServerEvent & { name: string }): void {
    for (const listener of this.listeners) listener(event);
  }
}

export const events = new EventStream();
