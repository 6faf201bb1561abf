import { Store } from "../stores/store.ts";
import type { Problem } from "./types.ts";

/** What a request came to when it did not come to what was asked. Always says what happened; the request id finds it in the server's log. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  /** Nobody answered: the server or the network is away, so the same request may work later. */
  get unreachable(): boolean {
    return this.problem.status === 0;
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  status: number;
}

export interface RequestOptions {
  body?: unknown;
  ifMatch?: string | null | undefined;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Why an admin looks into somebody else's terminals: sent with every request while they do, and recorded by the server. */
export const reasons = new Store<string | null>(null);

type Listener = (problem: Problem) => void;
let signedOut: Listener = () => undefined;

/** Called once for each answer that says that nobody is signed in any more. */
export function onSignedOut(listener: Listener): void {
  signedOut = listener;
}

/** What every request of this page carries. */
export function headersOf(): Record<string, string> {
  const reason = reasons.get();
  // A header holds no more than printable ASCII as it is.
  return reason ? { "X-Caisson-Reason": /^[ -~]+$/.test(reason) ? reason : encodeURIComponent(reason) } : {};
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json", ...headersOf() };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: "same-origin",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({
      status: 0, code: "unreachable", detail: "The server did not answer.", fix: "Check the network, and that `caisson serve` runs. What you see may be old until it is back.",
    });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  const etag = response.headers.get("ETag");
  const text = await response.text();
  try {
    return { data: (text === "" ? undefined : JSON.parse(text)) as T, etag, status: response.status };
  } catch {
    throw new ApiError({ status: 502, code: "not_understood", detail: "What came back is no answer of Caisson.", fix: "A proxy in between may have answered. Try again, or ask who runs it." });
  }
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => (await request<T>("GET", path, signal ? { signal } : {})).data;
export const post = async <T>(path: string, body: unknown = {}): Promise<T> => (await request<T>("POST", path, { body })).data;
export const remove = async <T = void>(path: string): Promise<T> => (await request<T>("DELETE", path)).data;

/** The problem of a failed answer. What is no problem object (a proxy's page) is told as what it is, never shown raw. */
export async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get("X-Request-Id") ?? response.headers.get("Request-Id");
  let problem: Problem = {
    status: response.status,
    code: `http_${response.status}`,
    detail: response.status >= 500 ? "The server failed on this request." : `The server refused this request (${response.status}).`,
    fix: response.status >= 500 ? "Try again. If it stays, look for the request id in the server's log." : null,
    request_id: requestId,
  };
  if (/json/.test(response.headers.get("Content-Type") ?? "")) {
    try {
      const body = (await response.json()) as Partial<Problem>;
      problem = { ...problem, ...body, status: response.status, detail: body.detail ?? body.title ?? problem.detail, request_id: body.request_id ?? requestId };
    } catch {
      // A body that ends early: the status alone is what is known.
    }
  }
  if (response.status === 401) signedOut(problem);
  return problem;
}

/** The sentence for a person, whatever was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { status: -1, code: "page_error", detail: "Something in this page failed.", fix: "Reload the page. If it stays, tell us what you did." };
}
