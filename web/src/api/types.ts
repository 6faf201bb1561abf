/** The API's objects, as `GET /openapi` describes them. Fields that a newer server adds are ignored. */

export type Observed =
  | "queued" | "provisioning" | "starting" | "running" | "stopping" | "stopped" | "archived" | "failed" | "deleting" | "deleted" | "unknown";

export interface Person {
  id: string;
  address: string;
  name: string;
}

export interface Me extends Person {
  roles: string[];
  mode: "local" | "proxy" | "oidc";
  permissions: string[];
  session?: { id: string; expires: string; notice?: string | null } | null;
  server: { version: string; commit: string; publicUrl: string | null };
}

export interface Workspace {
  id: string;
  owner: Person;
  name: string;
  title: string;
  template: string;
  templateHash: string;
  outdated: boolean;
  observed: Observed;
  desired: "running" | "stopped" | "archived" | "deleted";
  since: string;
  reason?: string | null;
  message?: string | null;
  stopReason?: string | null;
  isolation?: string | null;
  policies: string[];
  agents: string[];
  job?: string | null;
  terminals: { open: number };
  lastUsed?: string | null;
  created: string;
  /** When it is stopped if nobody uses it until then; absent: never, or it does not run. */
  stopsAt?: string | null;
  health: { state: string; codes: { code: string; message: string; fix: string; since: string }[] };
  shares: Record<string, string>;
  url: string;
  /** Of a deleted one: until when its home is kept. */
  homeUntil?: string | null;
}

/** What deleting a workspace would take away, and what is kept. */
export interface Deletion {
  keptUntil?: string | null;
  kept: string[];
  ends: string[];
  /** When the rest was looked for; null where that can't be told. */
  surveyed?: string | null;
  complete: boolean;
  repositories: { path: string; unpushed: number; commits: string[]; changed: number; files: string[]; stashes: number }[];
  loose: string[];
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelling" | "cancelled";
export type StepState = "pending" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";

export interface Step {
  name: string;
  title: string;
  state: StepState;
  started?: string | null;
  ended?: string | null;
  attempts: number;
  message?: string | null;
  fix?: string | null;
  seconds?: number | null;
}

export interface Job {
  id: string;
  workspace: string;
  kind: "create" | "duplicate" | "start" | "stop" | "restart" | "delete";
  state: JobState;
  attempt: number;
  created: string;
  started?: string | null;
  ended?: string | null;
  position?: number | null;
  estimate?: { p50: number; p95: number } | null;
  steps: Step[];
  error?: { step: string; code: string; message: string; fix?: string | null; raw?: string | null } | null;
}

export interface Terminal {
  id: string;
  workspace: string;
  label: string;
  state: "running" | "exited";
  created: string;
  lastInput?: string | null;
  lastOutput?: string | null;
  process?: string | null;
  directory?: string | null;
  columns: number;
  rows: number;
  viewers: number;
  title?: string | null;
  memory?: number | null;
  descriptors?: number | null;
  exit?: { code?: number | null; signal?: string | number | null; reason?: string | null } | null;
  recording: boolean;
  mode: "write" | "view";
}

export interface TemplateParameter {
  name: string;
  type: "text" | "number" | "choice" | "secret" | string;
  label?: string | null;
  help?: string | null;
  /** Null: has to be given. */
  default?: string | null;
  min?: number | null;
  max?: number | null;
  pattern?: string | null;
  choices?: string[] | null;
}

/** Values of a template's form under one name. */
export interface Preset {
  name: string;
  label: string;
  description?: string | null;
  parameters: Record<string, string>;
  policies: string[];
}

export interface Template {
  name: string;
  description?: string | null;
  hash: string;
  agents: string[];
  policies: string[];
  parameters: TemplateParameter[];
  presets?: Preset[];
  limits: Record<string, string | number | null>;
  projects: unknown[];
}

export interface Plan {
  name: string;
  steps: unknown[];
  policies: unknown[];
  routes: unknown[];
  credentials: unknown[];
  risks: unknown[];
  limits: unknown[];
  expectedSeconds?: number | null;
  warnings: unknown[];
}

export interface HealthCheck {
  code: string;
  severity: "green" | "amber" | "red";
  title: string;
  value?: string | null;
  cause?: string | null;
  fix?: string | null;
  /** Shown, and not counted. */
  muted?: { until: string; reason: string; by: string } | null;
}

export interface Health extends Page<HealthCheck> {
  /** Of the checks that are not muted. */
  worst: HealthCheck["severity"];
  checked: string;
}

/** One person's right in a workspace; the address only for who may see it. */
export interface Share {
  id: string;
  name: string;
  address?: string | null;
  right: "viewer" | "collaborator";
}

export interface Session {
  id: string;
  created: string;
  lastUsed: string;
  address: string;
  agent: string;
  current: boolean;
  /** The last use of the login link that had opened this session; null once it was dismissed. */
  linkReused?: { time: string; address: string } | null;
}

export interface ApiToken {
  id: string;
  name: string;
  scopes: string[];
  created: string;
  expires?: string | null;
  lastUsed?: string | null;
  lastAddress?: string | null;
}

export interface User extends Person {
  roles: string[];
  disabled?: string | null;
  lastLogin?: string | null;
}

export interface TerminalSettings {
  font?: string;
  fontSize?: number;
  theme?: string;
  minimumContrast?: number;
  cursorBlink?: boolean;
  clipboard?: boolean;
  screenReader?: boolean;
}

export interface Settings {
  theme: "system" | "light" | "dark";
  terminal: TerminalSettings;
  keys: Record<string, string>;
  /** The repository of one's own settings, for workspaces to come. */
  dotfiles?: string;
}

export interface Page<T> {
  items: T[];
  next?: string | null;
  total: number;
}

export interface Problem {
  status: number;
  code: string;
  title?: string;
  detail: string;
  /** One line each; where a line is about a field it begins with the field and a colon. */
  errors?: string[];
  fix?: string | null;
  request_id?: string | null;
}

export interface ServerEvent {
  type: string;
  id: string;
  owner?: string;
  workspace?: string;
  object?: unknown;
}
