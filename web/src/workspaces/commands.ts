import type { Workspace } from "../api/types.ts";

/** The equal commands, in one place. Words that a shell would read are quoted. */
const word = (text: string): string => (/^[A-Za-z0-9._/:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export const commands = {
  list: () => "caisson workspace ls",
  create: (template: string, name: string, parameters: Record<string, unknown>) =>
    ["caisson workspace create", word(name || "NAME"), `--template ${word(template)}`, ...Object.entries(parameters).map(([key, value]) => `-p ${word(`${key}=${String(value)}`)}`)].join(" "),
  start: (workspace: Workspace) => `caisson workspace start ${word(workspace.name)}`,
  stop: (workspace: Workspace) => `caisson workspace stop ${word(workspace.name)}`,
  restart: (workspace: Workspace) => `caisson workspace restart ${word(workspace.name)}`,
  remove: (workspace: Workspace) => `caisson workspace rm ${word(workspace.name)}`,
  why: (workspace: Workspace) => `caisson workspace why ${word(workspace.name)}`,
  open: (workspace: Workspace) => `caisson workspace open ${word(workspace.name)}`,
  link: () => "caisson auth link",
  doctor: () => "caisson doctor",
};
