import { useRef, useState } from "react";
import { asProblem, get, remove, request } from "../api/client.ts";
import type { Me, Problem, Share, User, Workspace } from "../api/types.ts";
import { Button, Command, Field, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { useLoad } from "../stores/load.ts";
import { remember } from "../stores/objects.ts";
import { commands } from "./commands.ts";
import { usePeople } from "./person-field.tsx";

const isAddress = /^[^\s@,]+@[^\s@,]+$/;

export function SharingTab({ workspace, me, allowed }: { workspace: Workspace; me: Me; allowed: boolean }) {
  const [query, setQuery] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const { people } = usePeople(allowed ? query : "");
  // The workspace, which events keep fresh, says when there is something new to ask for.
  const known = useLoad(`shares ${workspace.id} ${JSON.stringify(workspace.shares)}`, (signal) => get<Share[]>(`/workspaces/${workspace.id}/shares`, signal));
  const last = useRef<readonly Share[]>([]);
  last.current = known.data ?? last.current;
  const shared = last.current.filter((share) => workspace.shares?.[share.id]);
  const text = query.trim();
  const found = people.filter((user) => user.id !== me.id && user.id !== workspace.owner.id && !workspace.shares?.[user.id]);
  // Who may not look people up names one by the whole address.
  const exact = isAddress.test(text) && !people.some((user) => user.address === text.toLowerCase()) ? [{ id: text, address: text, name: text }] : [];
  const change = async (user: string, right: string | null, address?: string) => {
    setProblem(null);
    try {
      if (right) await request("PUT", `/workspaces/${workspace.id}/shares/${encodeURIComponent(user)}`, { body: { right } });
      else await remove(`/workspaces/${workspace.id}/shares/${encodeURIComponent(user)}`);
      remember.workspaces([await get<Workspace>(`/workspaces/${workspace.id}`)]);
      if (right && address) setQuery("");
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <section className="card stack">
      <h2>Who else may come in</h2>
      <p className="soft">A viewer sees terminals and files; a collaborator types in terminals and puts files in, too. Starting, stopping, sharing and deleting stay with the owner.</p>
      {(problem ?? known.problem) && <ProblemNotice problem={(problem ?? known.problem)!} />}
      {shared.length > 0 && (
      <ul className="terminal-rows">
        {shared.map((share) => (
          <li key={share.id}>
            <span className="grow wrap-anywhere">
              {share.name} {share.id === me.id && "(you)"} {share.address && share.address !== share.name && <span className="faint">{share.address}</span>}
            </span>
            <select className="input filter" aria-label={`Right of ${share.name}`} value={workspace.shares[share.id]} disabled={!allowed} onChange={(event) => void change(share.id, event.target.value)}>
              <option value="viewer">Viewer</option>
              <option value="collaborator">Collaborator</option>
            </select>
            <Button icon="cross" iconOnly look="quiet" unavailable={allowed ? null : "Only the owner can change this."} onClick={() => void change(share.id, null)}>
              Take the share of {share.name} away
            </Button>
          </li>
        ))}
      </ul>
      )}
      {Object.keys(workspace.shares ?? {}).length === 0 && <p className="soft">Nobody.</p>}
      {allowed ? (
        <>
          <Field label="Add a person" hint="The first three letters of a name or address, or a whole address">
            {(props) => <input {...props} className="input" value={query} spellCheck={false} autoCapitalize="none" autoComplete="off" onChange={(event) => setQuery(event.target.value)} />}
          </Field>
          {[...found, ...exact].length > 0 && (
          <ul className="terminal-rows" aria-label="People found">
            {[...found, ...exact].slice(0, 8).map((user: Pick<User, "id" | "address" | "name">) => (
              <li key={user.id}>
                <span className="grow wrap-anywhere">
                  {user.name} {user.name !== user.address && <span className="faint">{user.address}</span>}
                </span>
                <Button onClick={() => void change(user.id, "viewer", user.address)}>As viewer</Button>
                <Button onClick={() => void change(user.id, "collaborator", user.address)}>As collaborator</Button>
              </li>
            ))}
          </ul>
          )}
          <Command text={commands.share(workspace, text, "viewer")} />
        </>
      ) : (
        <Notice icon="lock">
          <p>Only the owner can change who may come in.</p>
        </Notice>
      )}
    </section>
  );
}
