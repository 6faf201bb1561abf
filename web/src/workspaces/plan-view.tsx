import type { Plan } from "../api/types.ts";
import { Notice } from "../design/controls.tsx";
import { seconds } from "../design/time.tsx";
import { asText } from "./overview.tsx";

export function PlanView({ plan }: { plan: Plan }) {
  const part = (title: string, list: unknown[] | undefined, none: string | null) =>
    (list && list.length > 0) || none ? (
      <div>
        <h3>{title}</h3>
        {list && list.length > 0 ? (
          <ul className="plan-list small soft">
            {list.map((item, index) => (
              <li key={index}>{asText(item)}</li>
            ))}
          </ul>
        ) : (
          <p className="small soft">{none}</p>
        )}
      </div>
    ) : null;
  return (
    <div className="stack">
      {plan.warnings?.length > 0 && (
        <Notice tone="wait" icon="failed">
          {plan.warnings.map((warning, index) => (
            <p key={index} className="wrap-anywhere">
              {asText(warning)}
            </p>
          ))}
        </Notice>
      )}
      {plan.risks?.length > 0 && (
        <Notice tone="wait" icon="failed" title="Risks, worst first">
          <ul className="plan-list small">
            {plan.risks.map((risk, index) => (
              <li key={index}>{asText(risk)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {part("May reach", plan.routes, "Nothing outside.")}
      {part("Credentials", plan.credentials, "None. None would lie inside, in any case.")}
      {part("Policies", plan.policies, null)}
      {part("Limits", plan.limits, null)}
      {part("Steps", plan.steps, null)}
      {plan.expectedSeconds !== null && plan.expectedSeconds !== undefined && <p className="small faint">Takes about {seconds(plan.expectedSeconds)}.</p>}
    </div>
  );
}
