import { describe, expect, it } from "vitest";
import * as layouts from "../src/terminal/layout.ts";

const { addTab, split, empty } = layouts;
const panes = (layout: layouts.Layout) => layout.tabs.map((tab) => layouts.terminalsOf(tab.root));

describe("tabs", () => {
  it("shows a terminal once: opening it again goes to where it is", () => {
    const two = addTab(addTab(empty, "a"), "b");
    expect(addTab(two, "a")).toMatchObject({ active: 0, tabs: two.tabs });
  });

  it("are at most 20", () => {
    let layout = empty;
    for (let i = 0; i < 25; i++) layout = addTab(layout, `t${i}`);
    expect(layout.tabs).toHaveLength(20);
  });

  it("keep the shown one when another moves", () => {
    let layout = ["a", "b", "c"].reduce(addTab, empty);
    layout = layouts.moveTab(layouts.showTab(layout, 1), 2, 0);
    expect(panes(layout)).toEqual([["c"], ["a"], ["b"]]);
    expect(layouts.activeTab(layout)!.focus).toBe("b");
    expect(layouts.activeTab(layouts.moveTab(layout, 2, 0))!.focus).toBe("b");
  });

  it("go round", () => {
    const layout = ["a", "b"].reduce(addTab, empty);
    expect(layouts.cycleTab(layout, 1).active).toBe(0);
    expect(layouts.cycleTab(layouts.showTab(layout, 0), -1).active).toBe(1);
  });

  it("move on to a neighbour when the shown one closes", () => {
    const layout = ["a", "b", "c"].reduce(addTab, empty);
    expect(layouts.activeTab(layouts.closePane(layout, "c"))!.focus).toBe("b");
    expect(layouts.activeTab(layouts.closePane(layouts.showTab(layout, 0), "a"))!.focus).toBe("b");
    expect(layouts.closePane(addTab(empty, "a"), "a")).toEqual(empty);
  });
});

describe("panes", () => {
  const three = split(split(addTab(empty, "left"), "row", "top"), "column", "bottom");

  it("split the focused one", () => {
    expect(layouts.boxes(layouts.activeTab(three)!.root)).toEqual([
      { terminal: "left", left: 0, top: 0, width: 0.5, height: 1 },
      { terminal: "top", left: 0.5, top: 0, width: 0.5, height: 0.5 },
      { terminal: "bottom", left: 0.5, top: 0.5, width: 0.5, height: 0.5 },
    ]);
  });

  it("are at most 8 in a tab", () => {
    let layout = addTab(empty, "t0");
    for (let i = 1; i < 12; i++) layout = split(layout, "row", `t${i}`);
    expect(panes(layout)[0]).toHaveLength(8);
  });

  it("are reached by the side they lie on", () => {
    expect(layouts.activeTab(layouts.moveFocus(three, "up"))!.focus).toBe("top");
    const left = layouts.moveFocus(three, "left");
    expect(layouts.activeTab(left)!.focus).toBe("left");
    expect(layouts.activeTab(layouts.moveFocus(left, "right"))!.focus).toMatch(/top|bottom/);
    expect(layouts.moveFocus(left, "left")).toBe(left);
  });

  it("keep a tenth at least for each", () => {
    const moved = layouts.setShare(three, "", 0.99);
    expect((layouts.activeTab(moved)!.root as { share: number }).share).toBe(0.9);
    const inner = layouts.nudgeDivider(three, -0.05);
    expect(layouts.boxes(layouts.activeTab(inner)!.root)[1]!.height).toBeCloseTo(0.45);
  });

  it("close into their neighbour", () => {
    const two = layouts.closePane(three, "top");
    expect(panes(two)).toEqual([["left", "bottom"]]);
    expect(layouts.activeTab(two)!.focus).toBe("bottom");
  });

  it("zoom only where there is more than one", () => {
    expect(layouts.toggleZoom(addTab(empty, "a")).tabs[0]!.zoom).toBe(false);
    expect(layouts.activeTab(layouts.toggleZoom(three))!.zoom).toBe(true);
  });

  it("of terminals that are gone leave", () => {
    expect(panes(layouts.reconcile(three, new Set(["left", "bottom"])))).toEqual([["left", "bottom"]]);
    expect(layouts.reconcile(three, new Set()).tabs).toEqual([]);
  });
});

describe("a saved layout", () => {
  it("comes back as it was", () => {
    const layout = split(addTab(addTab(empty, "a"), "b"), "column", "c");
    expect(layouts.readLayout(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
  });

  it.each([null, 7, "x", {}, { version: 2, tabs: [] }, { version: 1, tabs: "no" }])("that is none is none: %j", (value) => {
    expect(layouts.readLayout(value)).toBeNull();
  });

  it("with a broken tab keeps the others", () => {
    const raw = { version: 1, active: 9, tabs: [{ root: { kind: "pane", terminal: 4 } }, { root: { kind: "pane", terminal: "a" }, focus: "gone" }] };
    expect(layouts.readLayout(raw)).toEqual({ version: 1, active: 0, tabs: [{ root: { kind: "pane", terminal: "a" }, focus: "a", zoom: false }] });
  });
});
