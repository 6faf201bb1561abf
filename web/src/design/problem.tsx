import type { Problem } from "../api/types.ts";
import { Button, Notice } from "./controls.tsx";

/** An older or newer server may send more than a line. */
const asLine = (error: unknown): string => (typeof error === "string" ? error : JSON.stringify(error));

/** What happened, whose fault it is, what next, and the id that finds it in the log. */
export function ProblemNotice({ problem, onRetry, title }: { problem: Problem; onRetry?: () => void; title?: string }) {
  const whose = problem.status === 0 || problem.status >= 500 ? "This is on the server's side." : null;
  return (
    <Notice tone="bad" icon={problem.status === 0 ? "offline" : "failed"} title={title} live>
      <p className="wrap-anywhere">{problem.detail}</p>
      {problem.errors && problem.errors.length > 0 && (
        <ul>
          {problem.errors.map((error, index) => (
            <li key={index} className="wrap-anywhere">
              {asLine(error)}
            </li>
          ))}
        </ul>
      )}
      {(problem.fix || whose) && <p className="soft wrap-anywhere">{[whose, problem.fix].filter(Boolean).join(" ")}</p>}
      <div className="row small faint">
        <span>{problem.code}</span>
        {problem.request_id && (
          <Button look="quiet" icon="copy" onClick={() => void navigator.clipboard.writeText(problem.request_id!)}>
            Request {problem.request_id}
          </Button>
        )}
        {onRetry && (
          <Button icon="restart" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </Notice>
  );
}
