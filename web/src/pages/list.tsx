import { useEffect, useId, useRef, useState } from "react";
import type { Me, Workspace } from "../api/types.ts";
import { Button, ButtonLink, Command, Pill } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { address } from "../router/routes.ts";
import { Link, navigate, place, useQuery } from "../router/router.tsx";
import { withQuery } from "../router/routes.ts";
import { parseSearch, withTerm } from "../search/syntax.ts";
import { usePageActions } from "../shell/actions.ts";
import { useTitle } from "../shell/title.ts";
import { may } from "../stores/session.ts";
import { useStore } from "../stores/store.ts";
import type { BadTerm } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";
import { useWorkspaceList } from "../workspaces/live-list.ts";
import { StatePill } from "../workspaces/state.tsx";
import { DeletedPage } from "./deleted.tsx";
import { NothingYet } from "./home.tsx";

const pageSize = 50;

export function ListPage({ me }: { me: Me }) {
  useTitle("Workspaces");
  const [search] = useQuery("q");
  const [cursor] = useQuery("cursor");
  const [from] = useQuery("from");
  const first = Number(from) || 0;
  const list = useWorkspaceList({ search, limit: pageSize, ...(cursor ? { cursor } : {}) });
  const { search: query } = useStore(place);
  const go = (changes: Record<string, string | null>, replace = false) => navigate(withQuery("/workspaces", query, changes), { replace });
  usePageActions(may(me, "workspaces:create") ? [{ id: "new", text: "New workspace", icon: "plus", run: () => navigate("/new") }] : []);
  const [deleted] = useQuery("deleted");
  if (deleted) return <DeletedPage me={me} />;
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <h1>Workspaces</h1>
          <p className="lead" role="status">
            {list.data ? `${list.data.total.toLocaleString()} ${search ? "found" : "in all"}` : " "}
          </p>
        </div>
        <ButtonLink href="/workspaces?deleted=true" icon="trash">
          Deleted
        </ButtonLink>
        {may(me, "workspaces:create") && (
          <ButtonLink href="/new" look="primary" icon="plus">
            New workspace
          </ButtonLink>
        )}
      </div>
      <SearchBox search={search} bad={list.data?.bad ?? []} onSearch={(q) => go({ q, cursor: null, from: null }, true)} />
      {list.problem && <ProblemNotice problem={list.problem} title="The list could not be loaded" onRetry={list.reload} />}
      {list.rows.length > 0 && <WorkspaceTable rows={list.rows} me={me} />}
      {list.data && list.rows.length === 0 && search && (
        <section className="empty">
          <h2>Nothing matches</h2>
          <p className="soft">No workspace that you may see fits this filter.</p>
          <div className="row">
            <Button icon="cross" onClick={() => go({ q: null, cursor: null, from: null })}>
              Clear the filter
            </Button>
          </div>
          <Command text={commands.list()} />
        </section>
      )}
      {list.data && list.rows.length === 0 && !search && <NothingYet me={me} />}
      {list.data && (list.data.next || first > 0) && (
        <nav className="row between" aria-label="Pages of the list">
          <Button unavailable={first > 0 ? null : "This is the first page."} onClick={() => history.back()}>
            Back
          </Button>
          <span className="soft">
            {first + 1} to {first + list.rows.length} of {list.data.total.toLocaleString()}
          </span>
          <Button unavailable={list.data.next ? null : "This is the last page."} onClick={() => go({ cursor: list.data!.next ?? null, from: String(first + list.rows.length) })}>
            Next
          </Button>
        </nav>
      )}
    </div>
  );
}

function SearchBox({ search, bad, onSearch }: { search: string; bad: readonly BadTerm[]; onSearch: (text: string | null) => void }) {
  const [text, setText] = useState(search);
  const sent = useRef(search);
  const id = useId();
  useEffect(() => {
    // Somebody else changed the address: back, a menu, the command bar.
    if (search !== sent.current) setText(search);
    sent.current = search;
  }, [search]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onSearch(text || null);
    }, 200);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  // What the server said is about the text that it was asked with.
  const wrong = text === search ? bad : [];
  const valueOf = (key: string) => parseSearch(text).find((term) => term.key === key)?.value ?? "";
  const set = (key: string, value: string) => setText(withTerm(text, key, value || null));
  return (
    <div className="stack search-area">
      <div className="row search-row">
        <div className="search-box grow">
          <Icon name="search" />
          <div className="search-mirror" aria-hidden="true">
            {marked(text, wrong)}
          </div>
          <input
            id={id}
            type="search"
            aria-label="Search workspaces"
            aria-invalid={wrong.length > 0 || undefined}
            aria-describedby={`${id}-wrong`}
            placeholder="Words, or owner:me status:failed idle:>2d"
            value={text}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <select className="input filter" aria-label="State" value={valueOf("status")} onChange={(event) => set("status", event.target.value)}>
          <option value="">Any state</option>
          <option value="running">Running</option>
          <option value="stopped">Stopped</option>
          <option value="failed">Failed</option>
          <option value="queued">Queued</option>
        </select>
        <select className="input filter" aria-label="Owner" value={valueOf("owner") === "me" ? "me" : ""} onChange={(event) => set("owner", event.target.value)}>
          <option value="">Any owner</option>
          <option value="me">Mine</option>
        </select>
        <select className="input filter" aria-label="Template version" value={valueOf("outdated")} onChange={(event) => set("outdated", event.target.value)}>
          <option value="">Any version</option>
          <option value="true">Outdated</option>
          <option value="false">Up to date</option>
        </select>
      </div>
      <div id={`${id}-wrong`} role="status">
        <ul className="wrong-terms">
        {wrong.map((term) => (
          <li key={term.position} className="small wrap-anywhere">
            <Icon name="failed" size={14} /> <code>{term.term}</code> is left out: {term.reason}
          </li>
        ))}
        </ul>
      </div>
    </div>
  );
}

/** The text again, under the input, with what is wrong underlined. */
function marked(text: string, bad: readonly BadTerm[]) {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const { position, term } of bad) {
    parts.push(text.slice(at, position), <mark key={position}>{text.slice(position, position + term.length)}</mark>);
    at = position + term.length;
  }
  return [...parts, text.slice(at)];
}

function WorkspaceTable({ rows, me }: { rows: Workspace[]; me: Me }) {
  return (
    <div className="card table-card">
      <table className="table workspaces stacks">
        <thead>
          <tr>
            <th scope="col">Workspace</th>
            <th scope="col">State</th>
            <th scope="col">Template</th>
            {me.mode !== "local" && <th scope="col">Owner</th>}
            <th scope="col">Terminals</th>
            <th scope="col">Used</th>
            <th scope="col">
              <span className="sr-only">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="name-cell">
                <Link href={address.workspace(row.owner.address, row.name)} className="strong wrap-anywhere">
                  {row.title || row.name}
                </Link>
                <div className="small faint clip">{row.message || row.name}</div>
              </td>
              <td>
                <StatePill observed={row.observed} />
              </td>
              <td>
                <span className="wrap-anywhere">{row.template}</span>{" "}
                {row.outdated && (
                  <Pill tone="wait" icon="restart">
                    outdated
                  </Pill>
                )}
              </td>
              {me.mode !== "local" && <td className="wrap-anywhere">{row.owner.name}</td>}
              <td>{row.terminals.open}</td>
              <td className="soft">
                <Ago at={row.lastUsed} />
              </td>
              <td>
                {row.observed === "running" && (
                  <ButtonLink href={address.terminals(row.owner.address, row.name)} icon="terminal" look="quiet">
                    Open
                  </ButtonLink>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
