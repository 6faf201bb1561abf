import { get } from "../api/client.ts";
import type { Page, Template } from "../api/types.ts";
import { Notice } from "../design/controls.tsx";
import { Icon } from "../design/icon.tsx";
import { address } from "../router/routes.ts";
import { Link } from "../router/router.tsx";
import { type Loaded, useLoad } from "../stores/load.ts";
import { Store, useStore } from "../stores/store.ts";
import { items } from "./calls.ts";

/** What could not be read among them, for the operator. */
export const templateFaults = new Store<readonly string[]>([]);

export function useTemplates(): Loaded<Template[]> {
  return useLoad("templates", async (signal) => {
    const answer = await get<Template[] | (Page<Template> & { faults?: string[] })>("/templates", signal);
    templateFaults.set(Array.isArray(answer) ? [] : (answer.faults ?? []));
    return items(answer);
  });
}

export function TemplateFaults() {
  const faults = useStore(templateFaults);
  if (faults.length === 0) return null;
  return (
    <Notice tone="wait" icon="failed" title="Some templates have errors and are left out">
      <ul>
        {faults.map((fault) => (
          <li key={fault} className="small wrap-anywhere">
            {fault}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

export function TemplateTiles({ templates }: { templates: readonly Template[] }) {
  return (
    <ul className="tiles">
      {templates.map((template) => (
        <li key={template.name}>
          <Link href={address.create(template.name)} className="tile">
            <Icon name="template" size={22} />
            <strong className="wrap-anywhere">{template.name}</strong>
            <span className="small soft wrap-anywhere">{template.description}</span>
            {template.agents.length > 0 && <span className="small faint clip">{template.agents.join(", ")}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
