// The documents of docs/ as pages that the server hands out by itself, without a script and without the network. A dead link fails the build.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import GithubSlugger from "github-slugger";
import { Marked } from "marked";

const repository = new URL("../../", import.meta.url);
const read = (file) => readFileSync(new URL(file, repository), "utf8");

// In the order of the list of contents; decisions come after all of them.
const sections = [
  ["Start", ["README.md", "docs/workspaces.md", "docs/agents.md", "docs/web-app.md"]],
  ["How to", ["docs/policy.md", "docs/credentials.md", "docs/trust.md", "docs/access.md", "docs/recordings.md", "docs/configuration.md"]],
  ["Reference", ["docs/cli.md", "docs/api.md", "docs/reasons.md", "docs/limits.md", "docs/terminal-protocol.md", "docs/terminal-emulation.md", "docs/detection-rules.md"]],
  ["How it works", ["docs/architecture.md", "docs/isolation.md", "docs/detection.md", "docs/threat-model.md", "docs/adr/0001-record-decisions.md"]],
  ["The project", ["CONTRIBUTING.md", "SECURITY.md"]],
];
const files = ["docs/openapi.json", "docs/output.schema.json", "docs/caisson.schema.json"];
const texts = { LICENSE: "LICENSE.txt", "src/Caisson.Agents/agents.lock": "agents.lock.txt" };

/** Where a file of the repository is below /docs/; undefined for one that has no place there. */
function address(file) {
  if (file === "README.md") return "index.html";
  if (file in texts) return texts[file];
  if (files.includes(file)) return file.slice("docs/".length);
  if (file === "CONTRIBUTING.md" || file === "SECURITY.md") return file.toLowerCase().replace(/md$/, "html");
  return /^docs\/.*\.md$/.test(file) ? file.slice("docs/".length).replace(/md$/, "html") : undefined;
}

const escape = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

export function pages() {
  const decisions = readdirSync(new URL("docs/adr/", repository)).sort().map((name) => `docs/adr/${name}`);
  const guides = readdirSync(new URL("docs/", repository)).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  const listed = sections.flatMap(([, list]) => list);
  const unlisted = guides.filter((file) => !listed.includes(file));
  if (unlisted.length > 0) throw new Error(`web/build/docs.mjs has no place for ${unlisted.join(", ")}`);
  const all = [...new Set([...listed, ...guides, ...decisions])];
  const made = all.map(render);
  const titles = new Map(made.map((page) => [page.file, page.title]));
  const problems = made.flatMap((page) => page.links.flatMap((link) => problem(page, link, made)));
  if (problems.length > 0) throw new Error(`dead links:\n${problems.join("\n")}`);
  return made.map((page) => ({ path: page.path, html: frame(page, titles) }));
}

function render(file) {
  const slugs = new GithubSlugger();
  const page = { file, path: address(file), title: "", ids: new Set(), links: [] };
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }) {
        const text = this.parser.parseInline(tokens);
        const plain = this.parser.parseInline(tokens, this.parser.textRenderer);
        const id = slugs.slug(plain.replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'"));
        page.ids.add(id);
        if (depth === 1) page.title ||= plain.replace(/<[^>]*>/g, "");
        return `<h${depth} id="${escape(id)}">${text}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (/^https?:/.test(href)) return `<a href="${escape(href)}" rel="noreferrer">${text}</a>`;
        const [path, anchor] = href.split("#");
        const target = path === "" ? file : posix.join(posix.dirname(file), path);
        page.links.push({ href, target, anchor });
        const to = path === "" ? "" : posix.relative(posix.dirname(page.path), address(target) ?? "");
        return `<a href="${escape(to + (anchor ? `#${anchor}` : ""))}">${text}</a>`;
      },
      // A table may be wider than a phone: it moves, and the page does not.
      table(token) {
        const cell = (one, tag) => `<${tag}>${this.parser.parseInline(one.tokens)}</${tag}>`;
        const head = token.header.map((one) => cell(one, "th")).join("");
        const rows = token.rows.map((row) => `<tr>${row.map((one) => cell(one, "td")).join("")}</tr>`).join("\n");
        return `<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>\n${rows}\n</tbody></table></div>\n`;
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`,
      // There is none in the documents, and what looks like it is text.
      html: ({ text }) => escape(text),
    },
  });
  page.body = marked.parse(read(file));
  return page;
}

function problem(page, { href, target, anchor }, made) {
  const found = made.find((other) => other.file === target);
  if (address(target) === undefined || (/\.md$/.test(target) && !found)) return [`${page.file}: ${href} is no page`];
  return anchor && found && !found.ids.has(anchor) ? [`${page.file}: ${href} has no such heading`] : [];
}

function frame(page, titles) {
  const to = (path) => posix.relative(posix.dirname(page.path), path);
  const item = (file) => {
    const here = file === page.file ? ' aria-current="page"' : "";
    const text = file === "README.md" ? "What it is, and a quick start" : file.includes("/adr/") ? "Decisions" : titles.get(file);
    return `<li><a href="${to(address(file))}"${here}>${text}</a></li>`;
  };
  const contents = sections.map(([name, list]) => `<h2>${name}</h2>\n<ul>\n${list.map(item).join("\n")}\n</ul>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Caisson</title>
<link rel="stylesheet" href="${to("docs.css")}">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header><a href="/">Caisson</a> <a href="${to("index.html")}">Documents</a></header>
<nav aria-label="Documents"><details><summary>All documents</summary>
${contents}
</details></nav>
<main id="text" tabindex="-1">
${page.body}</main>
</body>
</html>
`;
}

function styles() {
  const tokens = read("web/src/design/tokens.css").replace(/@font-face\s*\{[^}]*\}\s*/g, "");
  return tokens + read("web/build/docs.css");
}

export function write(directory) {
  for (const { path, html } of pages()) {
    mkdirSync(dirname(`${directory}/${path}`), { recursive: true });
    writeFileSync(`${directory}/${path}`, html);
  }
  writeFileSync(`${directory}/docs.css`, styles());
  for (const file of [...files, ...Object.keys(texts)]) copyFileSync(new URL(file, repository), `${directory}/${address(file)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write("../artifacts/bin/libexec/server/web/docs");
