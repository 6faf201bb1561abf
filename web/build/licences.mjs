// The licences of what is built in, beside it: theirs ask for that.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const seen = new Map();
const visit = (name) => {
  const root = `node_modules/${name}`;
  if (seen.has(name) || !existsSync(root)) return;
  const { version, license, dependencies = {} } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file && !license) throw new Error(`${name} ${version} names no licence`);
  seen.set(name, `${name} ${version} (${license})\n\n${file ? readFileSync(`${root}/${file}`, "utf8").trim() : license}\n`);
  for (const next of Object.keys(dependencies)) visit(next);
};
for (const name of Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies)) visit(name);
writeFileSync("../artifacts/bin/libexec/server/web/licences.txt", [...seen.keys()].sort().map((name) => seen.get(name)).join(`\n${"-".repeat(80)}\n\n`));
