import { describe, expect, it } from "vitest";
import { pages } from "../build/docs.mjs";

// That no link is dead is the build's own check: it throws.
describe("the documents as pages", () => {
  const made = pages();
  const page = (path: string) => made.find((one) => one.path === path)!.html;

  it("lead from one to another, and into the text", () => {
    expect(page("index.html")).toContain('<a href="architecture.html">');
    expect(page("architecture.html")).toContain('<a href="adr/0051-rings-that-rest-go-to-disk.html">');
    expect(page("adr/0001-record-decisions.html")).toContain('<a href="../architecture.html">');
    expect(page("policy.html")).toContain('<a href="limits.html">');
    expect(page("reasons.html")).toMatch(/<h2 id="[a-z_]+">/);
    for (const { path, html } of made) {
      for (const [, href] of html.matchAll(/href="([^"]*)"/g)) {
        if (/^(https?:|\/$|#)/.test(href!)) continue;
        const target = new URL(href!, `http://docs/docs/${path}`);
        expect(target.pathname.startsWith("/docs/"), `${path}: ${href}`).toBe(true);
        const found = made.find((one) => `/docs/${one.path}` === target.pathname);
        expect(found ?? /\.(json|txt|css)$/.exec(target.pathname), `${path}: ${href}`).toBeTruthy();
        if (target.hash) expect(found!.html, `${path}: ${href}`).toContain(` id="${target.hash.slice(1)}"`);
      }
    }
  });

  it("need no script and no style of their own", () => {
    for (const { path, html } of made) {
      expect(html, path).not.toMatch(/<script|<style|<iframe| style=| on[a-z]+=/i);
      expect(html, path).toMatch(/<title>[^<]+ · Caisson<\/title>/);
      // Text that looks like HTML is text.
      expect(html, path).not.toMatch(/<(ID|NAME|PATH)>/);
    }
  });
});
