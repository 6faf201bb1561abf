import { type FormEvent, useState } from "react";
import { asProblem, get, post, remove } from "../api/client.ts";
import type { ApiToken, Me, Page, Problem } from "../api/types.ts";
import { Button, Command, Field, Notice } from "../design/controls.tsx";
import { Confirm, Dialog } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useLoad } from "../stores/load.ts";
import { items } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";
import { Chips } from "../workspaces/overview.tsx";

export function Tokens({ me }: { me: Me }) {
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<ApiToken | null>(null);
  const tokens = useLoad("tokens", async (signal) => items(await get<ApiToken[] | Page<ApiToken>>("/me/tokens", signal)));
  return (
    <section className="card stack">
      <div className="row between">
        <h2>API tokens</h2>
        <Button icon="plus" onClick={() => setMaking(true)}>
          New token
        </Button>
      </div>
      <p className="soft">For scripts and other programs. A token can do at most what you can, and only what its scopes name.</p>
      <Command text={commands.login(location.origin)} label="Signs a command line in, with a token of its own" />
      {tokens.problem && <ProblemNotice problem={tokens.problem} onRetry={tokens.reload} />}
      <ul className="terminal-rows">
        {(tokens.data ?? []).map((token) => (
          <li key={token.id}>
            <div className="grow">
              <strong className="wrap-anywhere">{token.name}</strong>
              <div className="small soft">
                <Chips items={token.scopes} />
              </div>
              <div className="small faint wrap-anywhere">
                used <Ago at={token.lastUsed} />
                {token.lastAddress ? ` from ${token.lastAddress}` : ""}, ends {token.expires ? new Date(token.expires).toLocaleDateString() : "never"}
              </div>
            </div>
            <Button look="danger" onClick={() => setLeaving(token)}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      {tokens.data?.length === 0 && <p className="soft">None.</p>}
      {making && <NewToken me={me} onClose={() => setMaking(false)} onMade={tokens.reload} />}
      {leaving && (
        <Confirm title={`Revoke ${leaving.name}?`} action="Revoke" danger command={commands.revoke(leaving.id)} onClose={() => setLeaving(null)} run={() => remove(`/me/tokens/${encodeURIComponent(leaving.id)}`).then(tokens.reload)}>
          <p>What uses it is refused from then on.</p>
        </Confirm>
      )}
    </section>
  );
}

/** What tokens can be made for (docs/access.md); "admin" only for who is one. */
const scopesOf = (me: Me): string[] => [
  "workspaces:read", "workspaces:write", "terminals:view", "terminals:write", "templates:write", "audit:read",
  ...(me.roles.includes("admin") ? ["workspaces:create-for-others", "admin"] : []),
];

function NewToken({ me, onClose, onMade }: { me: Me; onClose: () => void; onMade: () => void }) {
  const [name, setName] = useState("");
  const [days, setDays] = useState("30");
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [made, setMade] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      setMade((await post<{ token: string }>("/me/tokens", { name, scopes: [...scopes], days: Number(days) })).token);
      onMade();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (made)
    return (
      <Dialog title="Your new token" onClose={onClose}>
        <div className="dialog-body">
          <Notice tone="wait" icon="key">
            <p>It is shown this once. Put it where the program reads its secrets.</p>
          </Notice>
          <div className="command">
            <output className="grow wrap-anywhere token">{made}</output>
            <Button icon="copy" autoFocus onClick={() => void navigator.clipboard.writeText(made)}>
              Copy
            </Button>
          </div>
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>I have it</Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="New API token" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div className="dialog-body">
          {problem && <ProblemNotice problem={problem} />}
          <Field label="What is it for?">{(props) => <input {...props} className="input" required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
          <Field label="Expires after">
            {(props) => (
              <select {...props} className="input" value={days} onChange={(event) => setDays(event.target.value)}>
                <option value="7">7 days</option>
                <option value="30">30 days</option>
                <option value="90">90 days</option>
              </select>
            )}
          </Field>
          <fieldset className="scopes">
            <legend className="label">What it may do</legend>
            {scopesOf(me).map((permission) => (
              <label key={permission} className="check">
                <input
                  type="checkbox"
                  checked={scopes.has(permission)}
                  onChange={(event) => {
                    const next = new Set(scopes);
                    if (event.target.checked) next.add(permission);
                    else next.delete(permission);
                    setScopes(next);
                  }}
                />
                <span>{permission}</span>
              </label>
            ))}
          </fieldset>
          <Command text={commands.token(name, [...scopes], days)} />
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" unavailable={scopes.size === 0 ? "Choose at least one scope: a token that may do nothing is of no use." : null}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
