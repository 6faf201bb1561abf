import { type FormEvent, useEffect, useMemo, useState } from "react";
import { asProblem, post } from "../api/client.ts";
import type { Me, Plan, Problem, Template } from "../api/types.ts";
import { Button, Command, Field, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { navigate } from "../router/router.tsx";
import { address } from "../router/routes.ts";
import { useTitle } from "../shell/title.ts";
import { createWorkspace } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";
import { type Value, initial, parameterFault } from "../workspaces/parameter-rules.ts";
import { ParameterField } from "../workspaces/parameters.tsx";
import { PlanView } from "../workspaces/plan-view.tsx";
import { TemplateFaults, TemplateTiles, useTemplates } from "../workspaces/templates.tsx";
import { toast } from "../shell/toasts.tsx";
import { NotFound } from "./not-found.tsx";

const namePattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

export default function CreatePage({ me, template }: { me: Me; template: string | null }) {
  useTitle("New workspace");
  const templates = useTemplates();
  const chosen = templates.data?.find((one) => one.name === template);
  return (
    <div className="page">
      <div>
        <h1>New workspace</h1>
        <p className="lead">{template ? `From the template ${template}.` : "What does it begin from?"}</p>
      </div>
      {templates.problem && <ProblemNotice problem={templates.problem} title="The templates could not be loaded" onRetry={templates.reload} />}
      <TemplateFaults />
      {templates.data && template === null && <TemplateTiles templates={templates.data} />}
      {templates.data?.length === 0 && (
        <Notice icon="template" title="There is no template yet">
          <p>
            An operator writes one into <code>templates/NAME.md</code> of the server's directory.
          </p>
        </Notice>
      )}
      {chosen && <CreateForm key={chosen.name} template={chosen} />}
      {template !== null && templates.data && !chosen && <NotFound me={me} />}
    </div>
  );
}

function CreateForm({ template }: { template: Template }) {
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [values, setValues] = useState<Record<string, Value>>(() => Object.fromEntries(template.parameters.map((parameter) => [parameter.name, initial(parameter)])));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const nameFault = name === "" || namePattern.test(name) ? null : "Small letters, digits and hyphens, 1 to 32, with no hyphen at the ends.";
  const faults = Object.fromEntries(template.parameters.map((parameter) => [parameter.name, parameterFault(parameter, values[parameter.name])]));
  const sound = nameFault === null && Object.values(faults).every((fault) => fault === null);
  const parameters = useMemo(() => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "").map(([name, value]) => [name, String(value)])), [values]);
  const body = { template: template.name, ...(name ? { name } : {}), ...(title.trim() ? { title: title.trim() } : {}), parameters };
  const plan = usePlan(template.name, body, sound);
  const fieldProblem = (field: string): string | null => problem?.errors?.find((line) => line.startsWith(`${field}:`) || line.startsWith(`parameters.${field}:`))?.replace(/^[^:]*:\s*/, "") ?? null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!sound) return;
    setBusy(true);
    setProblem(null);
    try {
      const { workspace, existing } = await createWorkspace(body, key);
      if (existing) toast({ kind: "info", text: "You have this one already; here it is." });
      navigate(address.workspace(workspace.owner.address, workspace.name));
    } catch (error) {
      setProblem(asProblem(error));
      // Another try after a refusal is another request; after silence it has to be the same one.
      if (asProblem(error).status !== 0) setKey(crypto.randomUUID());
      setBusy(false);
    }
  };
  return (
    <form className="create-grid" onSubmit={(event) => void submit(event)} noValidate>
      <div className="stack">
        <section className="card stack">
          <Field label="Name" wrong={nameFault ?? fieldProblem("name")} hint={name === "" && plan.data ? `Left empty it will be ${plan.data.name}.` : "For addresses and commands. It stays as it is."}>
            {(props) => <input {...props} className="input" value={name} spellCheck={false} autoCapitalize="none" autoComplete="off" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label="Title" hint="For people; can be changed later." wrong={fieldProblem("title")}>
            {(props) => <input {...props} className="input" value={title} maxLength={60} autoComplete="off" onChange={(event) => setTitle(event.target.value)} />}
          </Field>
          {template.parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={values[parameter.name] ?? ""}
              wrong={(tried || values[parameter.name] !== initial(parameter) ? faults[parameter.name] : null) ?? fieldProblem(parameter.name)}
              onChange={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
            />
          ))}
        </section>
        {problem && <ProblemNotice problem={problem} title="It was not made" />}
        <div className="row">
          <Button type="submit" look="primary" icon="plus" busy={busy}>
            Make it
          </Button>
          {tried && !sound && <span className="soft">Some fields need another value.</span>}
        </div>
        <Command text={commands.create(template.name, name || plan.data?.name || "NAME", parameters)} />
      </div>
      <aside className="card stack sticky" aria-label="What will be made">
        <h2>What you will get</h2>
        {plan.problem && <ProblemNotice problem={plan.problem} />}
        {plan.data ? <PlanView plan={plan.data} /> : !plan.problem && <div className="skeleton card-skeleton" role="status" aria-label="Planning" />}
      </aside>
    </form>
  );
}

/** The server's own plan of exactly this form, after a rest of typing. Nothing is made by asking. */
function usePlan(template: string, body: object, sound: boolean): { data: Plan | null; problem: Problem | null } {
  const [state, setState] = useState<{ data: Plan | null; problem: Problem | null }>({ data: null, problem: null });
  const text = JSON.stringify(body);
  useEffect(() => {
    if (!sound) return;
    let current = true;
    const timer = setTimeout(() => {
      post<Plan>(`/templates/${encodeURIComponent(template)}/plan`, { ...(JSON.parse(text) as { template?: string }), template: undefined }).then(
        (data) => current && setState({ data, problem: null }),
        (error: unknown) => current && setState({ data: null, problem: asProblem(error) }),
      );
    }, 250);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [template, text, sound]);
  return state;
}
