import { useState } from "react";
import { asProblem, get, post, request } from "../api/client.ts";
import type { Me, Page, Problem, User } from "../api/types.ts";
import { Button, Pill } from "../design/controls.tsx";
import { Confirm } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useQuery } from "../router/router.tsx";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { may } from "../stores/session.ts";

const roles = ["member", "approver", "operator", "auditor", "admin"];

export default function UsersPage({ me }: { me: Me }) {
  useTitle("People");
  const [query, setQuery] = useQuery("q");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [leaving, setLeaving] = useState<User | null>(null);
  const list = useLoad(`users ${query}`, async (signal) => {
    const answer = await get<User[] | Page<User>>(`/users?limit=100&q=${encodeURIComponent(query)}`, signal);
    return Array.isArray(answer) ? { items: answer, total: answer.length } : answer;
  });
  const write = may(me, "users:write");
  const known = [...new Set([...roles, ...(list.data?.items ?? []).flatMap((user) => user.roles)])];
  const change = async (user: User, role: string) => {
    setProblem(null);
    try {
      await request("PATCH", `/users/${encodeURIComponent(user.id)}`, { body: { roles: [role] } });
    } catch (error) {
      setProblem(asProblem(error));
    }
    list.reload();
  };
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <h1>People</h1>
          <p className="lead" role="status">
            {list.data ? `${list.data.total} ${query ? "found" : "in all"}` : " "}
          </p>
        </div>
      </div>
      <input className="input" type="search" aria-label="Search people" placeholder="Name or address" value={query} onChange={(event) => setQuery(event.target.value || null, { replace: true })} />
      {(problem ?? list.problem) && <ProblemNotice problem={(problem ?? list.problem)!} onRetry={list.reload} />}
      {list.data && list.data.items.length > 0 && (
        <div className="card table-card">
          <table className="table people stacks">
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col">Role</th>
                <th scope="col">Signed in</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((user) => (
                <tr key={user.id}>
                  <td className="wrap-anywhere name-cell">
                    <strong>{user.name}</strong> {user.id === me.id && <span className="faint">(you)</span>}
                    <div className="small faint">{user.address}</div>
                  </td>
                  <td>
                    <select className="input filter" aria-label={`Role of ${user.name}`} value={user.roles[0] ?? ""} disabled={!write || user.id === me.id} onChange={(event) => void change(user, event.target.value)}>
                      {known.map((role) => (
                        <option key={role}>{role}</option>
                      ))}
                    </select>
                  </td>
                  <td className="soft">
                    {user.lastLogin ? (
                      <>
                        <span className="narrow-only">Signed in </span>
                        <Ago at={user.lastLogin} />
                      </>
                    ) : (
                      "Never"
                    )}
                    {!user.lastLogin && <span className="narrow-only"> signed in</span>}
                  </td>
                  <td>
                    {user.disabled ? (
                      <span className="row">
                        <Pill tone="calm" icon="lock">
                          disabled
                        </Pill>
                        {write && (
                          <Button look="quiet" onClick={() => void post(`/users/${encodeURIComponent(user.id)}/enable`).then(list.reload, (error: unknown) => setProblem(asProblem(error)))}>
                            Enable
                          </Button>
                        )}
                      </span>
                    ) : (
                      write &&
                      user.id !== me.id && (
                        <Button look="danger" onClick={() => setLeaving(user)}>
                          Disable
                        </Button>
                      )
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.data?.items.length === 0 && (
        <section className="empty">
          <h2>Nobody matches</h2>
          <Button onClick={() => setQuery(null)}>Clear the search</Button>
        </section>
      )}
      {leaving && (
        <Confirm
          title={`Disable ${leaving.name}?`}
          action="Disable"
          danger
          onClose={() => setLeaving(null)}
          run={async () => {
            await post(`/users/${encodeURIComponent(leaving.id)}/disable`);
            list.reload();
          }}
        >
          <p>Within seconds all sessions and tokens of this person end, open terminals close, and running workspaces stop. Files stay.</p>
        </Confirm>
      )}
    </div>
  );
}
