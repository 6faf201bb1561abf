import { get, remove, request } from "../api/client.ts";
import type { Job, Page, Terminal, Workspace } from "../api/types.ts";
import { objects, remember } from "../stores/objects.ts";
import { filterOf } from "../search/filter.ts";
import { session } from "../stores/session.ts";

type JobAnswer = { job: Job | string | null; workspace?: Workspace } | undefined;

function keep(answer: JobAnswer): JobAnswer {
  if (answer?.workspace) remember.workspaces([answer.workspace]);
  if (answer?.job && typeof answer.job === "object") remember.jobs([answer.job]);
  return answer;
}

export interface ListPage {
  items: string[];
  next: string | null;
  /** Null where only walking all pages would tell. */
  total: number | null;
}

/** A page of the list. Where part of the search is sieved here, server pages are asked for until one is full: at most 99 rows come together. */
export async function listWorkspaces(options: { search?: string; cursor?: string; limit?: number; signal?: AbortSignal }): Promise<ListPage> {
  const state = session.get();
  const limit = options.limit ?? 50;
  const { text, owner, matches } = filterOf(options.search ?? "", state.kind === "signed-in" ? state.me.id : "", Date.now());
  const found: string[] = [];
  for (let cursor = options.cursor ?? ""; ; ) {
    const query = new URLSearchParams({ limit: String(limit), ...(text ? { q: text } : {}), ...(owner ? { owner } : {}), ...(cursor ? { cursor } : {}) });
    const page = await get<Page<Workspace>>(`/workspaces?${query}`, options.signal);
    remember.workspaces(page.items);
    found.push(...page.items.filter((item) => matches?.(item) ?? true).map((item) => item.id));
    const next = page.next ?? null;
    if (next === null || found.length >= limit) return { items: found, next, total: matches ? (next === null && !options.cursor ? found.length : null) : page.total };
    cursor = next;
  }
}

/** The workspace of an address, or null where this person has none there. */
export async function findWorkspace(owner: string, name: string, signal?: AbortSignal): Promise<string | null> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = new URLSearchParams({ q: name, limit: "200", ...(cursor ? { cursor } : {}) });
    const page: Page<Workspace> = await get<Page<Workspace>>(`/workspaces?${query}`, signal);
    remember.workspaces(page.items);
    const found = page.items.find((item) => item.name === name && (item.owner.address === owner || item.owner.id === owner));
    if (found) return found.id;
    cursor = page.next ?? null;
  }
  return null;
}

export async function loadWorkspace(id: string, signal?: AbortSignal): Promise<void> {
  remember.workspaces([await get<Workspace>(`/workspaces/${id}`, signal)]);
}

export async function loadJob(id: string, signal?: AbortSignal): Promise<void> {
  remember.jobs([await get<Job>(`/jobs/${id}`, signal)]);
}

/** Lists that are short by nature come as an array or as a page; both are read. */
export const items = <T>(answer: T[] | Page<T>): T[] => (Array.isArray(answer) ? answer : answer.items);

export async function loadTerminals(workspace: string, signal?: AbortSignal): Promise<string[]> {
  const list = items(await get<Terminal[] | Page<Terminal>>(`/workspaces/${workspace}/terminals`, signal));
  remember.terminals(list);
  return list.map((item) => item.id);
}

export async function openTerminal(workspace: string, options: { label?: string; columns: number; rows: number; command?: string }): Promise<Terminal> {
  const answer = await request<Terminal>("POST", `/workspaces/${workspace}/terminals`, { body: options });
  remember.terminals([answer.data]);
  return answer.data;
}

export async function renameTerminal(id: string, label: string): Promise<void> {
  remember.terminals([await request<Terminal>("PATCH", `/terminals/${id}`, { body: { label } }).then((answer) => answer.data ?? { ...objects.get().terminals.get(id)!, label })]);
}

export const endTerminal = (id: string): Promise<void> => remove(`/terminals/${id}`);

const post = async (path: string, body?: unknown): Promise<JobAnswer> => keep((await request<JobAnswer>("POST", path, body === undefined ? {} : { body })).data);

export const start = (id: string) => post(`/workspaces/${id}/start`);
export const stop = (id: string) => post(`/workspaces/${id}/stop`);
export const restart = (id: string) => post(`/workspaces/${id}/restart`);
export const cancel = (job: string) => post(`/jobs/${job}/cancel`);
export const retry = (job: string, body: { from: "step" | "scratch"; keepForDebugging?: boolean }) => post(`/jobs/${job}/retry`, body);
export const deleteWorkspace = async (id: string, force = false): Promise<JobAnswer> => keep(await remove<JobAnswer>(`/workspaces/${id}${force ? "?force=true" : ""}`));

export async function renameWorkspace(id: string, title: string): Promise<void> {
  const { etag } = await request<Workspace>("GET", `/workspaces/${id}`);
  remember.workspaces([(await request<Workspace>("PATCH", `/workspaces/${id}`, { body: { title }, ifMatch: etag })).data]);
}

export async function createWorkspace(body: { template: string; name?: string; title?: string; parameters: Record<string, string> }, key: string): Promise<{ workspace: Workspace; existing: boolean }> {
  const { data } = await request<{ workspace: Workspace; job?: Job; existing?: boolean }>("POST", "/workspaces", { body, idempotencyKey: key });
  keep({ workspace: data.workspace, job: data.job ?? null });
  return { workspace: data.workspace, existing: data.existing === true };
}
