import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { asProblem, post } from "../api/client.ts";
import type { Me, Plan, Preset, Problem, Template } from "../api/types.ts";
import { Button, Command, Field, Notice } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { navigate, useQuery } from "../router/router.tsx";
import { address } from "../router/routes.ts";
import { useTitle } from "../shell/title.ts";
import { createWorkspace } from "../workspaces/calls.ts";
import { commands } from "../workspaces/commands.ts";
import { nameFault } from "../workspaces/label.ts";
import { initial, parameterFault } from "../workspaces/parameter-rules.ts";
import { ParameterField } from "../workspaces/parameters.tsx";
import { PlanView } from "../workspaces/plan-view.tsx";
import { Presets } from "../workspaces/presets.tsx";
import { TemplateFaults, TemplateTiles, useTemplates } from "../workspaces/templates.tsx";
import { toast } from "../shell/toasts.tsx";
import { NotFound } from "./not-found.tsx";

export default function CreatePage({ me, template }: { me: Me; template: string | null }) {
  useTitle("New workspace");
  const templates = useTemplates();
  const chosen = templates.data?.find((one) => one.name === template);
  return (
    <div className="page">
      <div>
        <h1>New workspace</h1>
        <p className="lead">{template ? `From the template ${template}.` : "Choose a template: what is installed in it, and what it may reach."}</p>
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

const valuesOf = (template: Template, preset: Preset | null): Record<string, string> => Object.fromEntries(template.parameters.map((parameter) => [parameter.name, initial(parameter, preset)]));

function CreateForm({ template }: { template: Template }) {
  const presets = template.presets ?? [];
  const [chosen, setChosen] = useQuery("preset");
  const preset = presets.find((one) => one.name === chosen) ?? (chosen === "none" ? null : (presets[0] ?? null));
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [values, setValues] = useState(() => valuesOf(template, preset));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const form = useRef<HTMLFormElement>(null);
  const wrongName = name === "" ? null : nameFault(name);
  const faults = Object.fromEntries(template.parameters.map((parameter) => [parameter.name, parameterFault(parameter, values[parameter.name] ?? "")]));
  const sound = wrongName === null && Object.values(faults).every((fault) => fault === null);
  // Only what differs from the preset and the template's own values: so the command beside it stays short.
  const parameters = useMemo(
    () => Object.fromEntries(template.parameters.filter((one) => values[one.name] !== "" && values[one.name] !== initial(one, preset)).map((one) => [one.name, values[one.name]!])),
    [template, preset, values],
  );
  const body = { template: template.name, ...(name ? { name } : {}), ...(title.trim() ? { title: title.trim() } : {}), ...(preset ? { preset: preset.name } : {}), parameters };
  const plan = usePlan(template.name, body, sound);
  const refused = problem ?? (plan.problem?.code === "invalid_parameters" ? plan.problem : null);
  const fieldProblem = (field: string): string | null => refused?.errors?.find((line) => line.startsWith(`${field}: `) || line.startsWith(`parameters.${field}: `))?.replace(/^[^:]*:\s*/, "") ?? null;
  const fields = ["name", "title", ...template.parameters.map((one) => `parameters.${one.name}`)];
  const elsewhere = problem && { ...problem, errors: problem.errors?.filter((line) => !fields.includes(line.split(":")[0]!)) ?? [] };
  // All that is wrong is said at once, each at its field; the first gets the focus.
  const firstWrong = () => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  const choose = (next: Preset | null) => {
    setChosen(next?.name ?? "none", { replace: true });
    setValues(valuesOf(template, next));
    setProblem(null);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!sound) return firstWrong();
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
      firstWrong();
    }
  };
  return (
    <form ref={form} className="create-grid" onSubmit={(event) => void submit(event)} noValidate>
      <div className="stack">
        {presets.length > 0 && <Presets presets={presets} chosen={preset} onChoose={choose} />}
        <section className="card stack">
          <Field label="Name" wrong={wrongName ?? fieldProblem("name")} hint={name === "" && plan.data ? `Left empty it will be ${plan.data.name}.` : "For addresses and commands."}>
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
              wrong={(tried || values[parameter.name] !== initial(parameter, preset) ? faults[parameter.name] : null) ?? fieldProblem(parameter.name)}
              onChange={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
            />
          ))}
        </section>
        {elsewhere && <ProblemNotice problem={elsewhere} title="It was not made" />}
        <div className="row">
          <Button type="submit" look="primary" icon="plus" busy={busy}>
            Create
          </Button>
          {tried && !sound && <span className="soft">Some fields need another value.</span>}
        </div>
        <Command text={commands.create({ template: template.name, name: name || plan.data?.name || "NAME", preset: preset?.name, parameters })} />
      </div>
      <aside className="card stack sticky" aria-label="What will be made">
        <h2>What you will get</h2>
        {plan.problem && plan.problem.code !== "invalid_parameters" && <ProblemNotice problem={plan.problem} />}
        {(plan.problem?.code === "invalid_parameters" || (!sound && !plan.data && !plan.problem)) && <p className="soft">It can be said once the fields hold what the template takes.</p>}
        {plan.data ? <PlanView plan={plan.data} /> : sound && !plan.problem && <div className="skeleton card-skeleton" role="status" aria-label="Planning" />}
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
