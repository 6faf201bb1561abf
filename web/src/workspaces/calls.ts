import { get, remove, request } from "../api/client.ts";
import type { Deletion, Job, Page, Terminal, Workspace } from "../api/types.ts";
import { objects, remember } from "../stores/objects.ts";

type JobAnswer = { job: Job | string | null; workspace?: Workspace } | undefined;

function keep(answer: JobAnswer): JobAnswer {
  if (answer?.workspace) remember.workspaces([answer.workspace]);
  if (answer?.job && typeof answer.job === "object") remember.jobs([answer.job]);
  return answer;
}

/** A part of a search that the server does not understand; it applied the others. */
export interface BadTerm {
  term: string;
  /** Of its first character in the search. */
  position: number;
  reason: string;
}

export interface ListPage {
  items: string[];
  next: string | null;
  total: number;
  bad: BadTerm[];
}

export async function listWorkspaces(options: { search?: string; cursor?: string; limit?: number; signal?: AbortSignal }): Promise<ListPage> {
  const { search, cursor, limit = 50, signal } = options;
  const query = new URLSearchParams({ limit: String(limit), ...(search ? { q: search } : {}), ...(cursor ? { cursor } : {}) });
  const page = await get<Page<Workspace> & { badTerms?: BadTerm[] }>(`/workspaces?${query}`, signal);
  remember.workspaces(page.items);
  return { items: page.items.map((item) => item.id), next: page.next ?? null, total: page.total, bad: page.badTerms ?? [] };
}

/** The workspace of an address; an old name or owner leads to it for a while, so it may have another one by now. */
export async function findWorkspace(owner: string, name: string, signal?: AbortSignal): Promise<string> {
  const found = await get<Workspace>(`/workspaces/at/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`, signal);
  remember.workspaces([found]);
  return found.id;
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

/** Title, name, or both. */
export async function changeWorkspace(id: string, change: { title?: string; name?: string }): Promise<void> {
  const { etag } = await request<Workspace>("GET", `/workspaces/${id}`);
  remember.workspaces([(await request<Workspace>("PATCH", `/workspaces/${id}`, { body: change, ifMatch: etag })).data]);
}

const changed = async (path: string, body: object): Promise<Workspace> => {
  const { data } = await request<Workspace>("POST", path, { body });
  remember.workspaces([data]);
  return data;
};

/** Not stopped for want of use before the hours are over. */
export const extend = (id: string, hours: number) => changed(`/workspaces/${id}/extend`, { hours });
export const transfer = (id: string, body: { owner: string; keep?: string; name?: string }) => changed(`/workspaces/${id}/transfer`, body);
export const restore = (id: string, body: { name?: string }) => changed(`/workspaces/${id}/restore`, body);
export const deletionOf = (id: string, signal?: AbortSignal) => get<Deletion>(`/workspaces/${id}/deletion`, signal);

export async function duplicate(id: string, body: { name: string; title?: string }): Promise<Workspace> {
  const { data } = await request<{ workspace: Workspace; job?: Job }>("POST", `/workspaces/${id}/duplicate`, { body });
  keep({ workspace: data.workspace, job: data.job ?? null });
  return data.workspace;
}

/** Deleted ones are no part of what is on the screen otherwise, so they are not remembered. */
export const deletedWorkspaces = (signal?: AbortSignal) => get<Page<Workspace>>("/workspaces?deleted=true&limit=100", signal);

export async function createWorkspace(body: { template: string; name?: string; title?: string; preset?: string; parameters: Record<string, string> }, key: string): Promise<{ workspace: Workspace; existing: boolean }> {
  const { data } = await request<{ workspace: Workspace; job?: Job; existing?: boolean }>("POST", "/workspaces", { body, idempotencyKey: key });
  keep({ workspace: data.workspace, job: data.job ?? null });
  return { workspace: data.workspace, existing: data.existing === true };
}
