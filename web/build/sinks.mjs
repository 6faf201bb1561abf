// Fails the build on anything that would turn data into HTML or script. React puts text in as text; this keeps it so.
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";

const sinks = [
  /dangerouslySetInnerHTML/,
  /\b(inner|outer)HTML\b/,
  /insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|DOMParser|XSLTProcessor/,
  /document\.write/,
  /\beval\s*\(|new\s+Function\s*\(|\bimportScripts\b/,
  /set(Timeout|Interval)\s*\(\s*["'`]/,
  /\.srcdoc\b|srcDoc=/,
  /javascript:/,
  /createPolicy\s*\(/,
];

const files = execFileSync("find", ["src", "-type", "f", "(", "-name", "*.ts", "-o", "-name", "*.tsx", ")"], { encoding: "utf8" }).trim().split("\n");
const found = [];
for (const file of [...files, "index.html"])
  readFileSync(file, "utf8")
    .split("\n")
    .forEach((line, index) => {
      for (const sink of sinks) if (sink.test(line)) found.push(`web/${file}:${index + 1}: ${line.trim()}`);
    });
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i.test(readFileSync("index.html", "utf8"))) found.push("web/index.html: an inline script, style or handler");
if (found.length > 0) {
  console.error(`web: these lines could turn data into HTML or script:\n  ${found.join("\n  ")}\n  fix: put text in as text; see docs/adr/0032-the-web-app.md`);
  process.exit(1);
}
