import type { Job, Me, Template, Workspace } from "../src/api/types.ts";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export const me: Me = {
  id: "u-me", address: "ada@example.org", name: "Ada Lovelace", roles: ["admin"], mode: "oidc",
  permissions: ["WorkspacesRead", "WorkspacesWrite", "WorkspacesCreate", "WorkspacesShare", "TerminalsView", "TerminalsWrite", "FilesRead", "FilesWrite", "JobsRead", "TemplatesRead", "UsersRead", "UsersWrite", "HealthRead", "HealthWrite", "RecordingsRead", "SettingsOwn"],
  session: { id: "s-1", expires: ago(-600) },
  server: { version: "0.3.0", commit: "6e3d358ffad21", publicUrl: null },
};

const owner = { id: me.id, address: me.address, name: me.name };
const grace = { id: "u-grace", address: "grace@example.org", name: "Grace Hopper" };

let count = 0;
export function workspace(part: Partial<Workspace>): Workspace {
  return {
    id: `w-${String(++count).padStart(26, "a")}`, owner, name: "web", title: "", template: "node", templateHash: "3f9a", outdated: false, observed: "running", desired: "running", since: ago(42), reason: null,
    message: null, isolation: "namespaces", policies: ["default", "npm"], agents: ["claude"], job: null, terminals: { open: 0 }, lastUsed: ago(3), created: ago(60 * 24 * 6), health: { state: "green", codes: [] },
    shares: {}, url: "", ...part,
  };
}

export const workspaces: Workspace[] = [
  workspace({ name: "checkout-api", title: "Checkout API", shares: { "u-grace": "collaborator", "u-alan": "viewer" }, message: "kept awake by an open terminal" }),
  workspace({ name: "docs", title: "Docs site", template: "python", observed: "stopped", desired: "stopped", message: "stopped 02:10: idle 60 min, last use: a keystroke of the owner 01:10", lastUsed: ago(60 * 9), outdated: true, agents: ["codex"] }),
  workspace({ name: "ml-lab", title: "ML lab", template: "python-gpu", observed: "provisioning", message: "cloning the repository", job: "j-2", lastUsed: null, since: ago(0.2) }),
  workspace({ name: "legacy-port", title: "Port of the legacy importer with a rather long title", observed: "failed", message: "The repository could not be cloned.", job: "j-3", agents: ["claude", "opencode"], lastUsed: ago(60 * 30) }),
  workspace({ name: "class-7", title: "Class 7", observed: "queued", job: "j-4", lastUsed: null, message: "12th of 37" }),
  workspace({ name: "review", title: "Review of the gateway", owner: grace, shares: { "u-me": "viewer" } }),
];

export const deleted: Workspace[] = [workspace({ name: "spike", title: "A spike about queues", observed: "deleted", desired: "deleted", homeUntil: ago(-60 * 24 * 5) })];

const step = (name: string, title: string, state: Job["steps"][number]["state"], seconds: number | null = null, message: string | null = null) =>
  ({ name, title, state, started: state === "pending" ? null : ago(0.2), ended: state === "succeeded" || state === "failed" ? ago(0.1) : null, attempts: state === "failed" ? 3 : 1, message, fix: null, seconds });

export const jobs: Job[] = [
  { id: "j-1", workspace: workspaces[0]!.id, kind: "create", state: "succeeded", attempt: 1, created: ago(60), started: ago(60), ended: ago(59), estimate: { p50: 9, p95: 21 }, error: null,
    steps: [step("home", "Make the home", "succeeded", 0.2), step("clone", "Clone the repository", "succeeded", 3.1), step("agents", "Install agents", "succeeded", 4.4), step("sandbox", "Start the sandbox", "succeeded", 0.7), step("probe", "Prove its isolation", "succeeded", 0.3)] },
  { id: "j-2", workspace: workspaces[2]!.id, kind: "create", state: "running", attempt: 1, created: ago(0.2), started: ago(0.2), ended: null, estimate: { p50: 40, p95: 75 }, error: null,
    steps: [step("home", "Make the home", "succeeded", 0.2), step("clone", "Clone the repository", "running", null, "receiving objects: 61 % (48,210 of 79,032)"), step("agents", "Install agents", "pending"), step("sandbox", "Start the sandbox", "pending"), step("probe", "Prove its isolation", "pending")] },
  { id: "j-3", workspace: workspaces[3]!.id, kind: "create", state: "failed", attempt: 1, created: ago(33), started: ago(33), ended: ago(32),
    estimate: { p50: 9, p95: 21 }, steps: [step("home", "Make the home", "succeeded", 0.2), step("clone", "Clone the repository", "failed", 12.4, "the server answered 403"), step("agents", "Install agents", "skipped"), step("sandbox", "Start the sandbox", "skipped")],
    error: { step: "clone", code: "clone_refused", message: "git.example.org refused the clone: the policy's credential “git-read” has no right to importer.git.", fix: "Ask the owner of importer.git to give git-read the right to read, or choose another repository.", raw: "Cloning into 'importer'...\nremote: HTTP Basic: Access denied\nfatal: unable to access 'https://git.example.org/team/importer.git/': The requested URL returned error: 403" } },
  { id: "j-4", workspace: workspaces[4]!.id, kind: "create", state: "queued", attempt: 1, created: ago(1), started: null, ended: null, position: 12, estimate: { p50: 9, p95: 21 }, error: null, steps: [step("home", "Make the home", "pending"), step("sandbox", "Start the sandbox", "pending")] },
];

export const templates: Template[] = [
  { name: "node", description: "Node 22 with npm behind the gateway, Claude Code ready.", hash: "3f9a", agents: ["claude"], policies: ["default", "npm"], limits: { cpus: 2, memory: "4 GiB" }, projects: [],
    presets: [
      { name: "course", label: "The course", description: "What everybody of the spring course begins with.", parameters: { repository: "https://git.example.org/course.git" }, policies: ["default"] },
      { name: "own", label: "A project of mine", description: null, parameters: {}, policies: [] },
    ],
    parameters: [
      { name: "repository", type: "text", label: "Repository", help: "An https address that the policy allows", default: "", pattern: "https://.+" },
      { name: "branch", type: "text", label: "Branch", default: "main" },
      { name: "memory", type: "number", label: "Memory in GiB", default: "4", min: 1, max: 16 },
      { name: "editor", type: "choice", label: "Editor", default: "vim", choices: ["vim", "nano", "emacs"] },
      { name: "key", type: "secret", label: "Key for the registry", default: null, choices: ["npm-read", "npm-publish"] },
    ] },
  { name: "python", description: "Python 3.13, uv and a notebook kernel.", hash: "77c1", agents: ["codex"], policies: ["default", "pypi"], limits: {}, projects: [], parameters: [] },
  { name: "empty", description: "A shell in a sandbox that reaches nothing.", hash: "0000", agents: [], policies: [], limits: {}, projects: [], parameters: [] },
];

export const plan = {
  steps: ["Make the home", "Clone the repository", "Install agents", "Start the sandbox", "Prove its isolation"], policies: ["default", "npm"],
  routes: ["registry.npmjs.org: GET on /", "api.anthropic.com: POST on /v1", "git.example.org: GET on /team"], credentials: ["anthropic: header x-api-key, to api.anthropic.com only"],
  risks: ["medium: registry.npmjs.org can be written to by name lookups"], limits: ["2 processors", "4 GiB memory", "512 processes"], expectedSeconds: 9, warnings: [],
};

export const health = [
  { code: "cgroup_delegation", severity: "green", title: "Limits of memory and processor", value: "cgroup v2, delegated", cause: null, fix: null },
  { code: "user_namespaces", severity: "green", title: "Sandboxes", value: "namespaces", cause: null, fix: null },
  { code: "disk_low", severity: "amber", title: "Space for homes", value: "4.1 GiB free of 80 GiB", cause: "less than 10 % is free", fix: "caisson workspace ls --idle 30d" },
  { code: "admin_link", severity: "red", title: "A link for admins was made", value: "2 hours ago", cause: "somebody went around the identity provider", fix: null, muted: { until: ago(-60 * 20), reason: "the provider was down; it was me", by: "u-me" } },
];

export const shares = [
  { id: "u-alan", name: "Alan Turing", address: "alan@example.org", right: "viewer" },
  { id: "u-grace", name: "Grace Hopper", address: "grace@example.org", right: "collaborator" },
];

export const sessions = [
  { id: "s-1", created: ago(60 * 5), lastUsed: ago(0), address: "192.0.2.7", agent: "Firefox 140 on Linux", current: true },
  { id: "s-2", created: ago(60 * 70), lastUsed: ago(60 * 20), address: "198.51.100.4", agent: "Safari on iPhone", current: false, linkReused: { time: ago(60 * 69), address: "203.0.113.80" } },
];

export const tokens = [{ id: "k-1", name: "nightly backup", scopes: ["WorkspacesRead", "FilesRead"], created: ago(60 * 24 * 20), expires: ago(-60 * 24 * 10), lastUsed: ago(60 * 5), lastAddress: "192.0.2.99" }];

export const users = [
  { ...owner, roles: ["admin"], lastLogin: ago(0) },
  { ...grace, roles: ["member"], lastLogin: ago(60 * 3) },
  { id: "u-3", address: "linus@example.org", name: "Linus", roles: ["viewer"], lastLogin: null, disabled: ago(60) },
];

export const deletion = {
  keptUntil: ago(-60 * 24 * 7), kept: ["its home with all files", "its name, as long as nobody takes it", "its jobs and what they said, 30 days"], ends: ["what runs in it, 2 terminals among it"], surveyed: ago(0), complete: true,
  repositories: [{ path: "projects/checkout", unpushed: 2, commits: ["4f2a1c9 checkout: totals are rounded once", "9b03d11 tests: a case for each currency"], changed: 1, files: ["src/totals.ts"], stashes: 0 }], loose: ["notes.md"],
};

const recording = { workspace: workspaces[0]!.id, terminal: "t-1", mode: "on", columns: 100, rows: 24, held: false, until: ago(-60 * 24 * 30) };
export const recordings = [
  { ...recording, id: "r-1", label: "claude", state: "running", started: ago(12), duration: 12.5, bytes: 48_213, until: null },
  { ...recording, id: "r-2", label: "release of version 0.3", state: "ended", started: ago(60 * 26), duration: 4271, bytes: 2_804_113, endReason: "the shell ended", held: true, until: null },
  { ...recording, id: "r-3", label: "tests", state: "ended", started: ago(60 * 50), duration: 93, bytes: 9_412, endReason: "the workspace stopped" },
];

export const marks = [
  { time: 1.2, kind: "allow", id: "d-01", text: "GET registry.npmjs.org/vitest" },
  { time: 4.1, kind: "deny", id: "d-02", text: "POST telemetry.example.net/v1/collect: no route allows this host" },
  { time: 7.9, kind: "push", id: "p-01", text: "team/checkout: refs/heads/rounding, 2 commits" },
];

const lines: [number, string, string][] = [
  [0.5, "o", "\u001b[32magent@checkout-api\u001b[0m:~/projects/checkout$ npm test\r\n"],
  [3.9, "o", "\u001b[42;30m PASS \u001b[0m tests/rounding.test.ts \u001b[90m(12 tests, 340 ms)\u001b[0m\r\n"],
  [7.5, "o", "\u001b[32magent@checkout-api\u001b[0m:~/projects/checkout$ git push origin rounding\r\n"],
];
export const cast = [{ version: 2, width: 100, height: 24 }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
