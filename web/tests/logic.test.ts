import { describe, expect, it } from "vitest";
import type { Job, Workspace } from "../src/api/types.ts";
import { SseParser } from "../src/events/sse.ts";
import { address, parse, withQuery } from "../src/router/routes.ts";
import { best } from "../src/search/fuzzy.ts";
import { parseSearch, withTerm } from "../src/search/syntax.ts";
import { type Objects, applyEvent } from "../src/stores/objects.ts";
import { appearanceOf, ownTheme, themeNames, themeOf } from "../src/terminal/themes.ts";
import { ordinal, progressOf } from "../src/workspaces/estimate.ts";
import { spansOf } from "../src/workspaces/spans.ts";
import { parameterFault } from "../src/workspaces/parameter-rules.ts";
import { commands } from "../src/workspaces/commands.ts";

describe("the times of steps", () => {
  const step = (started: number | null, ended: number | null) => ({
    name: "x",
    title: "x",
    state: "succeeded" as const,
    attempts: 1,
    started: started === null ? null : new Date(started * 1000).toISOString(),
    ended: ended === null ? null : new Date(ended * 1000).toISOString(),
  });

  it("share one line, so that steps side by side are seen to be", () =>
    expect(spansOf([step(10, 12), step(12, 20), step(12, 16), step(null, null)], 0)).toEqual([
      { from: 0, length: 20 },
      { from: 20, length: 80 },
      { from: 20, length: 40 },
      { from: 0, length: 0 },
    ]));

  it("reach to now where one runs", () => expect(spansOf([step(0, 5), step(5, null)], 10_000)[1]).toEqual({ from: 50, length: 50 }));

  it("are nothing before the first", () => expect(spansOf([step(null, null)], 5)).toEqual([{ from: 0, length: 0 }]));
});

describe("addresses", () => {
  it.each([
    ["/", "home"],
    ["/w/ada%40example.org/web", "workspace"],
    ["/w/ada/web/steps", "workspace"],
    ["/w/ada/web/t/t-1", "terminals"],
    ["/settings/keys", "settings"],
    ["/w/w-hwg5akt6nobc36nhp5zehnen4l", "by-id"],
    ["/w/ada", "unknown"],
    ["/w/ada/web/nothing", "unknown"],
    ["/settings/nothing", "unknown"],
    ["/admin", "unknown"],
    ["/%E0%A4%A", "unknown"],
  ])("%s is %s", (path, page) => expect(parse(path).page).toBe(page));

  it("of a workspace lead back to it, whatever its owner is called", () => {
    const owner = "a/b?c#d@example.org";
    expect(parse(address.terminals(owner, "web", "t-1"))).toEqual({ page: "terminals", owner, name: "web", terminal: "t-1" });
  });

  it("keep the rest of the query", () => expect(withQuery("/workspaces", "?q=a&cursor=x", { cursor: null, from: "50" })).toBe("/workspaces?q=a&from=50"));
});

describe("the search", () => {
  it("is read in terms, quotes and all", () => {
    expect(parseSearch('status:failed "two words" why:"by hand" a:b:c')).toEqual([
      { text: "status:failed", key: "status", value: "failed" },
      { text: '"two words"', key: null, value: '"two words"' },
      { text: 'why:"by hand"', key: "why", value: "by hand" },
      { text: "a:b:c", key: "a", value: "b:c" },
    ]);
  });

  it("is written by menus as a person would", () => {
    expect(withTerm("api status:failed", "status", "running")).toBe("api status:running");
    expect(withTerm("api status:failed", "status", null)).toBe("api");
  });
});

describe("the command bar", () => {
  it("finds by parts, and the beginning of a word first", () => {
    expect(best("chk", ["unchecked", "checkout api", "dark"], (text) => text, 5)[0]).toBe("checkout api");
    expect(best("set", ["asset", "settings"], (text) => text, 5)).toEqual(["settings", "asset"]);
    expect(best("zzz", ["a"], (text) => text, 5)).toEqual([]);
  });
});

describe("events", () => {
  const state: Objects = { workspaces: new Map([["w-1", { id: "w-1", observed: "running" } as Workspace]]), jobs: new Map(), terminals: new Map(), lists: 0, states: 0, resets: 0 };

  it("are read from chunks that are cut anywhere", () => {
    const text = ": hello\r\n\r\nid: 7\nevent: a.b\ndata: {\"x\":\ndata: 1}\n\ndata: y\n\n";
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new SseParser();
      const messages = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
      expect(messages).toEqual([
        { event: "a.b", data: '{"x":\n1}', id: "7" },
        { event: "message", data: "y", id: "7" },
      ]);
    }
  });

  it("change the object in place, and no list", () => {
    const next = applyEvent(state, "workspace.changed", "w-1", { id: "w-1", observed: "stopped" });
    expect(next.workspaces.get("w-1")!.observed).toBe("stopped");
    expect(next.lists).toBe(0);
    expect(next.states).toBe(1);
    expect(applyEvent(state, "workspace.changed", "w-1", { id: "w-1", observed: "running", title: "new" }).states).toBe(0);
  });

  it("of something new, and of something gone, make lists load again", () => {
    expect(applyEvent(state, "workspace.changed", "w-2", { id: "w-2" }).lists).toBe(1);
    const gone = applyEvent(state, "workspace.changed", "w-1", { id: "w-1", observed: "deleted" });
    expect(gone.workspaces.size).toBe(0);
    expect(gone.lists).toBe(1);
  });

  it("that were missed make everything load again", () => expect(applyEvent(state, "reset", "", undefined).resets).toBe(1));
  it("of other kinds change nothing", () => expect(applyEvent(state, "notice", "x", {})).toBe(state));
});

describe("an estimate", () => {
  const job = { state: "running", started: new Date(0).toISOString(), steps: [], estimate: { p50: 10, p95: 20 } } as unknown as Job;

  it("says up to, then any moment, then longer than usual", () => {
    expect([2, 21, 31].map((second) => progressOf(job, second * 1000).words)).toEqual(["up to 18 s", "any moment now", "longer than usual"]);
  });

  it("never runs backwards, nor to the end by itself", () => {
    expect(progressOf({ ...job, estimate: { p50: 100, p95: 200 } }, 5000, 0.6).share).toBe(0.6);
    expect(progressOf(job, 1e9).share).toBeLessThan(1);
  });

  it("of a queue is the place in it", () => {
    expect(progressOf({ ...job, state: "queued", position: 12 }, 0).words).toBe("12th in the queue");
    expect([1, 2, 3, 11, 22].map(ordinal)).toEqual(["1st", "2nd", "3rd", "11th", "22nd"]);
  });
});

describe("themes", () => {
  it("are at least eight, each with sixteen colours", () => {
    expect(themeNames.length).toBeGreaterThanOrEqual(9);
    for (const [id] of themeNames) expect(Object.values(themeOf(id, true)).every((colour) => /^#[0-9a-f]{6}$/i.test(colour))).toBe(true);
    expect(Object.keys(themeOf("nord", true))).toHaveLength(21);
  });

  it("of one's own take known names with plain colours, and nothing else", () => {
    expect(ownTheme('{"red":"#ff0000","blue":"url(x)","evil":"#000000"}')).toEqual({ red: "#ff0000" });
    expect(ownTheme("no json")).toBeNull();
  });

  it("make what was saved safe", () => {
    expect(appearanceOf({ font: "Comic", fontSize: 900, minimumContrast: -1 })).toMatchObject({ font: "JetBrains Mono", fontSize: 14, minimumContrast: 1 });
  });
});

it("parameters follow the template's rule", () => {
  const base = { name: "n", default: "", label: null };
  expect(parameterFault({ ...base, type: "number", min: 1, max: 4 }, "9")).toBe("At most 4.");
  expect(parameterFault({ ...base, type: "number" }, "four")).not.toBeNull();
  expect(parameterFault({ ...base, type: "text", pattern: "https://.+" }, "http://x")).not.toBeNull();
  expect(parameterFault({ ...base, type: "text", pattern: "(" }, "x")).toBeNull();
  expect(parameterFault({ ...base, type: "text", default: null }, "")).not.toBeNull();
  expect(parameterFault({ ...base, type: "text" }, "")).toBeNull();
});

it("commands quote what a shell would read", () => {
  expect(commands.create({ template: "node", name: "web", preset: "short", parameters: { branch: "it's; rm" } })).toBe("caisson workspace create web --template node --preset short -p 'branch=it'\\''s; rm'");
});
