import { describe, expect, it } from "vitest";
import { asksFirst, cleanPaste, clipboardWrite, linkTarget, quotePath, visible } from "../src/terminal/paste.ts";

describe("a paste", () => {
  it("can't end itself", () => {
    expect(cleanPaste("ls\x1b[201~\nrm -rf ~\n")).toBe("ls\rrm -rf ~\r");
    expect(cleanPaste("a\u009b201~b")).toBe("ab");
  });

  it("can't press keys, but keeps tabs and lines", () => {
    expect(cleanPaste("a\x03b\x7f\x1b[A\tc\r\nd")).toBe("ab[A\tc\rd");
  });

  it("can't be put together again from what is left", () => {
    expect(cleanPaste("\x1b[20\x1b[201~1~x")).not.toContain("\x1b");
  });

  it("of several lines asks, unless the program knows pastes", () => {
    expect(asksFirst(cleanPaste("a\nb"), false)).toBe(true);
    expect(asksFirst(cleanPaste("a\nb"), true)).toBe(false);
    expect(asksFirst(cleanPaste("a\n"), false)).toBe(false);
  });
});

describe("links", () => {
  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "JaVaScRiPt:alert(1)", "nothing"])("%s is dead text", (text) => expect(linkTarget(text)).toBeNull());
  it("to the web open", () => expect(linkTarget("https://example.org/a?b#c")?.href).toBe("https://example.org/a?b#c"));
});

describe("OSC 52", () => {
  it("writes text", () => expect(clipboardWrite(`c;${btoa("hi")}`)).toBe("hi"));
  it("never reads", () => expect(clipboardWrite("c;?")).toBeNull());
  it("writes at most 100 KB", () => {
    expect(clipboardWrite(`c;${btoa("x".repeat(100_000))}`)).toHaveLength(100_000);
    expect(clipboardWrite(`c;${btoa("x".repeat(110_000))}`)).toBeNull();
  });
  it("writes no bytes that are no text", () => expect(clipboardWrite(`c;${btoa("\xff\xfe")}`)).toBeNull());
});

it("paths are one word of a shell", () => {
  expect(quotePath("/home/agent/uploads/1a_x.png")).toBe("/home/agent/uploads/1a_x.png");
  expect(quotePath("/a b'c$(id)")).toBe("'/a b'\\''c$(id)'");
});

it("what can't be seen is made visible", () => {
  expect(visible("rm\x1b[2K\u202egnp.exe\x7f\nls")).toBe("rm␛[2K[U+202E]gnp.exe␡⏎\nls");
});
