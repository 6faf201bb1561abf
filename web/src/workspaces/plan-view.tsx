import type { Plan } from "../api/types.ts";
import { Notice } from "../design/controls.tsx";
import { seconds } from "../design/time.tsx";
import { asText } from "./overview.tsx";

function amount(value: number, unit: string): string {
  if (unit !== "bytes") return String(value);
  const gib = value / 2 ** 30;
  return gib >= 1 ? `${gib.toFixed(gib < 10 ? 1 : 0)} GiB` : `${Math.round(value / 2 ** 20)} MiB`;
}

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
      {plan.cost && (
        <div>
          <h3>Size</h3>
          <p className="small soft">
            {plan.cost[0]!.toUpperCase() + plan.cost.slice(1)}, by its limits.{" "}
            {plan.quota?.map((one) => `${amount(one.left, one.unit)} of ${amount(one.of, one.unit)} ${one.name} left`).join(", ")}.
          </p>
        </div>
      )}
      {plan.expectedSeconds !== null && plan.expectedSeconds !== undefined && <p className="small faint">Takes about {seconds(plan.expectedSeconds)}.</p>}
    </div>
  );
}
