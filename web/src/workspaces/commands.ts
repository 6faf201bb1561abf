import type { Workspace } from "../api/types.ts";

/** The equal commands, in one place. Words that a shell would read are quoted. */
const word = (text: string): string => (/^[A-Za-z0-9._/:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export const commands = {
  list: () => "caisson workspace ls",
  create: ({ template, name, preset, parameters }: { template: string; name?: string; preset?: string | undefined; parameters?: Record<string, string> }) =>
    [
      "caisson workspace create",
      word(name || "NAME"),
      `--template ${word(template)}`,
      ...(preset ? [`--preset ${word(preset)}`] : []),
      ...Object.entries(parameters ?? {}).map(([key, value]) => `-p ${word(`${key}=${value}`)}`),
    ].join(" "),
  start: (workspace: Workspace) => `caisson workspace start ${word(workspace.name)}`,
  stop: (workspace: Workspace) => `caisson workspace stop ${word(workspace.name)}`,
  restart: (workspace: Workspace) => `caisson workspace restart ${word(workspace.name)}`,
  remove: (workspace: Workspace) => `caisson workspace rm ${word(workspace.name)}`,
  rename: (workspace: Workspace, name: string, title: string) =>
    ["caisson workspace rename", word(workspace.name), ...(name !== workspace.name ? [word(name)] : []), ...(title !== workspace.title ? [`--title ${word(title)}`] : [])].join(" "),
  duplicate: (workspace: Workspace, name: string) => `caisson workspace duplicate ${word(workspace.name)} ${word(name || "NEW")}`,
  transfer: (workspace: Workspace, person: string, keep: string, name: string) =>
    [`caisson workspace transfer ${word(workspace.name)}`, word(person || "PERSON"), ...(keep ? [`--keep ${keep}`] : []), ...(name && name !== workspace.name ? [`--as ${word(name)}`] : [])].join(" "),
  deleted: () => "caisson workspace ls --deleted",
  restore: (workspace: Workspace, name: string) => `caisson workspace restore ${word(workspace.name)}${name && name !== workspace.name ? ` --as ${word(name)}` : ""}`,
  share: (workspace: Workspace, person: string, right: string) => `caisson workspace share ${word(workspace.name)} ${word(person || "PERSON")} --right ${right}`,
  why: (workspace: Workspace) => `caisson workspace why ${word(workspace.name)}`,
  open: (workspace: Workspace) => `caisson workspace open ${word(workspace.name)}`,
  extend: (workspace: Workspace) => `caisson workspace extend ${word(workspace.name)}`,
  login: (server: string) => `caisson auth login ${word(server)}`,
  token: (name: string, scopes: readonly string[], days: string) =>
    [`caisson auth token create ${word(name || "NAME")}`, ...(scopes.length > 0 ? [`--scope ${scopes.map(word).join(" ")}`] : []), `--days ${word(days)}`].join(" "),
  revoke: (id: string) => `caisson auth token rm ${word(id)}`,
  link: () => "caisson auth link",
  policy: (policies: readonly string[]) => `caisson policy show ${policies.map(word).join(" ")}`,
  explain: (policy: string, host: string) => `caisson policy explain ${word(policy)} ${word(host)}`,
  installAgent: (agent: string) => `caisson agent install ${word(agent)}`,
  setCredential: (name: string) => `caisson credential set ${word(name)}`,
  recordings: () => "caisson recording ls",
  exportRecording: (id: string) => `caisson recording export ${word(id)}`,
  deleteRecording: (id: string) => `caisson recording rm ${word(id)}`,
  doctor: () => "caisson doctor",
};
