import { type FormEvent, useState } from "react";
import { asProblem, get, post } from "../api/client.ts";
import type { Me, Problem } from "../api/types.ts";
import { Button, Field, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useQuery } from "../router/router.tsx";
import { useTitle } from "../shell/title.ts";
import { useLoad } from "../stores/load.ts";
import { signOut } from "../stores/session.ts";
import { Chips } from "../workspaces/overview.tsx";

interface DeviceLogin {
  userCode: string;
  name: string;
  scopes: string[];
  address: string;
  created: string;
}

/** Where a person signs a command line in: the code that it shows, whose machine it says it is, and one question. */
export default function DevicePage({ me }: { me: Me }) {
  useTitle("Sign in a command line");
  const [code, setCode] = useQuery("code");
  return (
    <div className="page narrow stack">
      <h1>Sign in a command line</h1>
      {code ? <Answer key={code} me={me} code={code} onBack={() => setCode(null)} /> : <Enter onCode={setCode} />}
    </div>
  );
}

function Enter({ onCode }: { onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim()) onCode(code.trim());
  };
  return (
    <form className="card stack" onSubmit={submit}>
      <Field label="Code" hint="Eight letters, as `caisson auth login` shows them.">
        {(props) => <input {...props} className="input" autoFocus required autoComplete="off" spellCheck={false} maxLength={12} value={code} onChange={(event) => setCode(event.target.value)} />}
      </Field>
      <div className="row">
        <Button type="submit" look="primary">
          Continue
        </Button>
      </div>
    </form>
  );
}

function Answer({ me, code, onBack }: { me: Me; code: string; onBack: () => void }) {
  const login = useLoad(`device ${code}`, (signal) => get<DeviceLogin>(`/auth/devices/${encodeURIComponent(code)}`, signal));
  const [done, setDone] = useState<"approved" | "refused" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = async (approve: boolean) => {
    try {
      const { redirect } = await post<{ redirect?: string | null }>(`/auth/devices/${encodeURIComponent(code)}`, { approve });
      if (redirect) location.assign(redirect);
      setDone(approve ? "approved" : "refused");
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (done)
    return (
      <Notice tone={done === "approved" ? "good" : "wait"} icon={done === "approved" ? "check" : "lock"} live title={done === "approved" ? "The command line is signed in" : "Refused"}>
        <p>{done === "approved" ? "You can close this page. The token is listed under Settings, API tokens, where it can be revoked." : "The command line got nothing. You can close this page."}</p>
      </Notice>
    );
  if (login.problem?.status === 404)
    return (
      <Notice tone="bad" icon="failed" live title="No command line waits with this code">
        <p>A code lasts ten minutes and works once. Compare it with the one that the command line shows, or begin there anew.</p>
        <Button onClick={onBack}>Enter another code</Button>
      </Notice>
    );
  if (login.problem) return <ProblemNotice problem={login.problem} onRetry={login.reload} />;
  if (!login.data) return <div className="loading" role="status" aria-label="Loading" />;
  const { userCode, name, scopes, address, created } = login.data;
  return (
    <section className="card stack" aria-label="Command line">
      <p className="big-number device-code">{userCode}</p>
      <dl className="facts">
        <dt>Machine</dt>
        <dd className="wrap-anywhere">{name}</dd>
        <dt>Asked from</dt>
        <dd>
          {address}, <Ago at={created} />
        </dd>
        <dt>It acts as</dt>
        <dd className="wrap-anywhere">{me.address}</dd>
        <dt>What it may do</dt>
        <dd>
          <Chips items={scopes} />
        </dd>
      </dl>
      <Notice tone="wait" icon="key">
        <p>Approve only what you have begun yourself, a moment ago, and where the command line shows this same code. Whoever holds it acts as you.</p>
      </Notice>
      {problem && <ProblemNotice problem={problem} />}
      {problem?.code === "login_too_old" && <Button onClick={() => void signOut().then(() => location.reload())}>Sign in again</Button>}
      <div className="row">
        <Button look="primary" icon="check" onClick={() => void answer(true)}>
          Approve
        </Button>
        <Button onClick={() => void answer(false)}>Refuse</Button>
      </div>
    </section>
  );
}
