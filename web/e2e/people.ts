import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { watched } from "./browser.ts";
import type { Server } from "./server.ts";

export interface SignedIn {
  context: BrowserContext;
  page: Page;
  faults: string[];
}

export const home = (page: Page) => page.getByRole("heading", { level: 1, name: "Your workspaces" }).waitFor();

/** The user of the installation, in a browser that has just been signed in by a link of its own. */
export async function signIn(browser: Browser, server: Server, options: BrowserContextOptions = {}): Promise<SignedIn> {
  const { context, faults } = await watched(browser, options);
  const page = await context.newPage();
  await page.goto(await server.link());
  await home(page);
  return { context, page, faults };
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** Signs in once and gives that session to every test that does not end it: a person may try only ten times a minute. */
export class Session {
  private state: Promise<State> | null = null;
  private readonly browser: Browser;
  private readonly server: Server;

  constructor(browser: Browser, server: Server) {
    this.browser = browser;
    this.server = server;
  }

  async open(path = "/", options: BrowserContextOptions = {}): Promise<SignedIn> {
    this.state ??= signIn(this.browser, this.server).then(async ({ context }) => {
      const state = await context.storageState();
      await context.close();
      return state;
    });
    const { context, faults } = await watched(this.browser, { ...options, storageState: await this.state });
    const page = await context.newPage();
    await page.goto(this.server.base + path);
    return { context, page, faults };
  }
}

export interface Answer {
  status: number;
  etag: string | null;
  body: string;
}

/** A request as the page would make it, with its cookie. */
export const api = (page: Page, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  page.evaluate(
    async ([verb, address, text, more]) => {
      const response = await fetch(`/api/v1${address}`, { method: verb, headers: { "Content-Type": "application/json", ...more }, ...(text === undefined ? {} : { body: text }) });
      return { status: response.status, etag: response.headers.get("ETag"), body: (await response.text()).slice(0, 100_000) };
    },
    [method, path, body === undefined ? undefined : JSON.stringify(body), headers] as const,
  );

/** The id of a workspace by its name. */
export async function idOf(page: Page, name: string): Promise<string> {
  const { items } = JSON.parse((await api(page, "GET", `/workspaces?q=${name}`)).body) as { items: { id: string; name: string }[] };
  return items.find((one) => one.name === name)!.id;
}
