// What a first visit transfers, and what opening a terminal adds: compressed as the server sends it. Too much fails the build.
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const root = "../artifacts/bin/libexec/server/web";
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
const size = (file) => (/\.(woff2|png)$/.test(file) ? statSync(join(root, file)).size : (/^assets\/.*\.(js|css|svg)$/.test(file) ? statSync(join(root, `${file}.br`)).size : brotliCompressSync(readFileSync(join(root, file))).length));

const html = readFileSync(join(root, "index.html"), "utf8");
const assets = readdirSync(join(root, "assets"))
  .filter((name) => !/\.(br|gz)$/.test(name))
  .map((name) => `assets/${name}`);
const first = ["index.html", ...assets.filter((file) => html.includes(file)), ...assets.filter((file) => /\/geist-/.test(file))];
const manifest = JSON.parse(readFileSync(join(root, ".vite/manifest.json"), "utf8"));
const closure = (key, seen = new Set()) => {
  const entry = manifest[key];
  if (!entry || seen.has(entry.file)) return seen;
  seen.add(entry.file);
  for (const css of entry.css ?? []) seen.add(css);
  for (const next of entry.imports ?? []) closure(next, seen);
  return seen;
};
for (const file of closure("index.html")) if (!first.includes(file)) first.push(file);
const terminal = [...closure("src/terminal/page.tsx")].filter((file) => !first.includes(file));
terminal.push(...assets.filter((file) => /jetbrains-mono/.test(file)));

const sum = (files) => files.reduce((total, file) => total + size(file), 0);
const report = [
  ["first load", sum(first), 150 * 1024],
  ["opening a terminal adds", sum(terminal), 350 * 1024],
];
for (const [what, bytes, limit] of report) console.log(`web: ${what} ${kib(bytes)} (limit ${kib(limit)})`);
// Only this looks at it; it is no file to serve.
rmSync(join(root, ".vite"), { recursive: true });
if (report.some(([, bytes, limit]) => bytes > limit)) process.exit(1);
