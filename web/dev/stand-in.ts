import { readFileSync, statSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { Settings, Terminal, Workspace } from "../src/api/types.ts";
import * as data from "./stand-in-data.ts";
import { StandInTerminal } from "./stand-in-terminal.ts";

/**
 * A stand-in for the server, for looking at pages and taking screenshots while there is none: everything in memory, nothing is checked,
 * terminals are shells of this machine without any sandbox. No test of the product runs against it.
 */
const root = new URL("../../artifacts/bin/libexec/server/web", import.meta.url).pathname;
const types: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

export class StandIn {
  signedIn = true;
  /** As on a first visit: there is no workspace. */
  empty = false;
  settings: Settings = { theme: "system", terminal: {}, keys: {} };
  readonly terminals = new Map<string, StandInTerminal>();
  private readonly layouts = new Map<string, unknown>();
  private readonly streams = new Set<ServerResponse>();
  private events = 0;
  private next = 1;
  readonly server = createServer((request, response) => void this.serve(request, response));

  constructor() {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "caisson.terminal.v1" });
    this.server.on("upgrade", (request, socket, head) => {
      const id = /\/api\/v1\/terminals\/([^/]+)\/ws/.exec(request.url ?? "")?.[1];
      const terminal = id ? this.terminals.get(id) : undefined;
      if (!terminal) return socket.destroy();
      sockets.handleUpgrade(request, socket, head, (ws: WebSocket) => terminal.connect(ws));
    });
  }

  listen(port: number): Promise<number> {
    return new Promise((resolve) => this.server.listen(port, "127.0.0.1", () => resolve((this.server.address() as { port: number }).port)));
  }

  close(): void {
    for (const terminal of this.terminals.values()) terminal.end();
    this.server.closeAllConnections();
    this.server.close();
  }

  emit(type: string, object: { id: string }): void {
    const workspace = (object as { workspace?: string }).workspace;
    const text = `id: ${++this.events}\nevent: ${type}\ndata: ${JSON.stringify({ type, id: object.id, owner: data.me.id, workspace, object })}\n\n`;
    for (const stream of this.streams) stream.write(text);
  }

  open(workspace: Workspace, label?: string): Terminal {
    const id = `t-${String(this.next++).padStart(26, "b")}`;
    const terminal = new StandInTerminal(id, workspace.id, label ?? `shell ${this.next - 1}`, () => this.emit("terminal.changed", terminal.object));
    this.terminals.set(id, terminal);
    workspace.terminals.open++;
    this.emit("workspace.changed", workspace);
    this.emit("terminal.changed", terminal.object);
    return terminal.object;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://stand-in");
    if (!url.pathname.startsWith("/api/v1/")) return this.file(url.pathname, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = (text && request.headers["content-type"]?.includes("json") ? JSON.parse(text) : {}) as Record<string, unknown>;
    this.api(request.method!, url.pathname.slice(7), url.searchParams, body, response);
  }

  private api(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>, response: ServerResponse): void {
    const json = (value: unknown, status = 200, headers: Record<string, string> = {}) => response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(value === undefined ? "" : JSON.stringify(value));
    const none = () => response.writeHead(204).end();
    const missing = () => json({ status: 404, code: "not_found", detail: "There is no such object.", request_id: "r-0" }, 404);
    if (path === "/auth/providers") return void json([{ name: "example", title: "Example ID", url: "/login/oidc/example" }]);
    if (path === "/auth/link") return (this.signedIn = true), void none();
    if (path === "/auth/logout") return (this.signedIn = false), void none();
    if (!this.signedIn) return void json({ status: 401, code: "not_signed_in", detail: "You are not signed in." }, 401);
    const [first, id, part, last] = path.slice(1).split("/");
    if (first === "auth" && id === "devices") {
      const [userCode, scopes] = ["BCDF-GHJK", ["workspaces:read", "workspaces:write", "terminals:view", "terminals:write"]];
      if (method === "POST") return void json({ redirect: null });
      return void (part === userCode ? json({ userCode, name: "ada-laptop", scopes, address: "192.0.2.7", created: new Date(Date.now() - 20_000).toISOString(), expires: new Date(Date.now() + 580_000).toISOString() }) : missing());
    }
    if (first === "workspaces" && id === "at") {
      const found = data.workspaces.find((one) => one.owner.address === decodeURIComponent(part!) && one.name === decodeURIComponent(last!));
      return void (found ? json(found) : missing());
    }
    const workspace = data.workspaces.find((one) => one.id === id);
    const terminal = id ? this.terminals.get(id) : undefined;
    switch (`${method} /${first}${id ? "/*" : ""}${part ? `/${part}` : ""}`) {
      case "GET /me": return void json(data.me);
      case "GET /me/*": return void (id === "settings" ? json(this.settings, 200, { ETag: '"1"' }) : json(id === "sessions" ? data.sessions : data.tokens));
      case "PUT /me/*": return (this.settings = body as unknown as Settings), void json(this.settings, 200, { ETag: '"1"' });
      case "POST /me/*": return void json({ ...data.tokens[0], token: "caisson_pat_shown_once" }, 201);
      case "GET /users": return void json({ items: data.users, next: null, total: data.users.length });
      case "GET /health": return void json({ items: data.health, next: null, total: data.health.length, worst: "amber", checked: new Date().toISOString() });
      case "POST /health/*": return void json({ items: data.health, next: null, total: data.health.length, worst: "amber", checked: new Date().toISOString() });
      case "GET /templates": return void json(data.templates);
      case "POST /templates/*/plan": return void json({ name: (body["name"] as string) ?? "node-2", ...data.plan });
      case "GET /workspaces": {
        const q = query.get("q") ?? "";
        const words = q.split(" ").filter((word) => word && !word.includes(":"));
        const owner = q.includes("owner:me") ? data.me.id : query.get("owner");
        const wrong = q.indexOf("status:runing");
        const badTerms = wrong < 0 ? [] : [{ term: "status:runing", position: wrong, reason: "There is no state “runing”. Did you mean running?" }];
        if (query.has("deleted")) return void json({ items: data.deleted, next: null, total: data.deleted.length });
        const items = this.empty ? [] : data.workspaces.filter((one) => (!owner || one.owner.id === owner) && words.every((word) => `${one.name} ${one.title}`.toLowerCase().includes(word)));
        return void json({ items, next: null, total: items.length, badTerms });
      }
      case "POST /workspaces": {
        const made = data.workspace({ name: (body["name"] as string) ?? "node-2", title: (body["title"] as string) ?? "", template: body["template"] as string, observed: "running" });
        data.workspaces.unshift(made);
        this.emit("workspace.changed", made);
        return void json({ workspace: made, job: data.jobs[0] }, 202);
      }
      case "GET /workspaces/*/shares": return void json(data.shares.filter((one) => workspace?.shares[one.id]));
      case "GET /workspaces/*/deletion": return void json(data.deletion);
      case "GET /workspaces/*": return void (workspace ? json(workspace, 200, { ETag: '"1"' }) : missing());
      case "PATCH /workspaces/*": return Object.assign(workspace!, body), this.emit("workspace.changed", workspace!), void json(workspace);
      case "POST /workspaces/*/start": case "POST /workspaces/*/stop": case "POST /workspaces/*/restart":
        workspace!.observed = part === "stop" ? "stopped" : "running";
        workspace!.since = new Date().toISOString();
        this.emit("workspace.changed", workspace!);
        return void json({ job: data.jobs[0] }, 202);
      case "GET /workspaces/*/why": return void json({ text: workspace?.message ?? "Running since 14:02: started by its owner. Kept awake by an open terminal (workspace.idle: 60 min).", reason: "terminal_open", since: workspace?.since, actor: "ada", keptAwakeBy: workspace?.observed === "running" ? ["terminal shell 1"] : [] });
      case "GET /workspaces/*/jobs": return void json({ items: data.jobs.filter((one) => one.workspace === id), next: null, total: 1 });
      case "GET /workspaces/*/layout": return void json(this.layouts.get(id!) ?? {}, 200, { ETag: '"1"' });
      case "PUT /workspaces/*/layout": return this.layouts.set(id!, body), void json(body, 200, { ETag: '"1"' });
      case "GET /workspaces/*/terminals": return void json([...this.terminals.values()].map((one) => one.object).filter((one) => one.workspace === id));
      case "POST /workspaces/*/terminals": return void json(this.open(workspace!, body["label"] as string | undefined), 201);
      case "POST /workspaces/*/uploads": return void json({ path: `/home/agent/uploads/1a2b3c4d_${query.get("name")}` }, 201);
      case "GET /jobs/*": return void json(data.jobs.find((one) => one.id === id));
      case "PATCH /terminals/*": terminal!.object.label = body["label"] as string; this.emit("terminal.changed", terminal!.object); return void json(terminal!.object);
      case "DELETE /terminals/*":
        terminal?.end();
        this.terminals.delete(id!);
        this.emit("terminal.changed", { id: id! } as Terminal);
        for (const stream of this.streams) stream.write(`id: ${++this.events}\nevent: terminal.changed\ndata: ${JSON.stringify({ type: "terminal.changed", id })}\n\n`);
        return void json({}, 202);
      case "GET /terminals/*/search": return void json({ total: terminal!.count(query.get("q") ?? ""), outcome: "complete" });
      case "GET /recordings": return void json({ items: data.recordings, next: null, total: data.recordings.length });
      case "GET /recordings/*/index": return void json({ recording: data.recordings.find((one) => one.id === id), marks: data.marks });
      case "GET /recordings/*/search": return void json({ total: 1, matches: [{ time: 4, line: " PASS  tests/rounding.test.ts" }], complete: true });
      case "GET /recordings/*/cast": return void response.writeHead(200, { "Content-Type": "application/x-asciicast" }).end(data.cast);
      case "GET /events":
        response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": hello\n\n");
        this.streams.add(response);
        response.on("close", () => this.streams.delete(response));
        return;
      default: return void missing();
    }
  }

  private file(path: string, response: ServerResponse): void {
    const headers = { "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };
    const file = join(root, normalize(path));
    if (path !== "/" && file.startsWith(root) && statSync(file, { throwIfNoEntry: false })?.isFile())
      return void response.writeHead(200, { ...headers, "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
    const html = readFileSync(join(root, "index.html"), "utf8").replace('data-theme="system"', `data-theme="${this.settings.theme}"`);
    response.writeHead(200, { ...headers, "Content-Type": types[".html"]! }).end(html);
  }
}

export async function main([port = "5188"]: string[]): Promise<void> {
  const standIn = new StandIn();
  console.log(`stand-in: http://127.0.0.1:${await standIn.listen(Number(port))}/ (no sandbox: its terminals are shells of this machine)`);
}
