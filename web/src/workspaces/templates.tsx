import { get } from "../api/client.ts";
import type { Page, Template } from "../api/types.ts";
import { Icon } from "../design/icon.tsx";
import { address } from "../router/routes.ts";
import { Link } from "../router/router.tsx";
import { type Loaded, useLoad } from "../stores/load.ts";
import { items } from "./calls.ts";

export function useTemplates(): Loaded<Template[]> {
  return useLoad("templates", async (signal) => items(await get<Template[] | Page<Template>>("/templates", signal)));
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
