import { get } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import { Button, Pill } from "../design/controls.tsx";
import { Dialog } from "../design/dialog.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { Ago } from "../design/time.tsx";
import { useLoad } from "../stores/load.ts";

interface Viewer {
  name: string;
  mode: "write" | "view";
  since: string;
  /** Milliseconds, where the server measures it. */
  roundTrip?: number | null;
}

/** Who looks at a terminal now. `count` is what its view knows live, so the list follows who comes and goes. */
export function Viewers({ terminal, label, count, onClose }: { terminal: string; label: string; count: number; onClose: () => void }) {
  const loaded = useLoad(`viewers ${terminal} ${count}`, (signal) => get<Page<Viewer>>(`/terminals/${encodeURIComponent(terminal)}/viewers`, signal));
  return (
    <Dialog title={`Who looks at ${label}`} onClose={onClose}>
      <div className="dialog-body">
        {loaded.problem && <ProblemNotice problem={loaded.problem} onRetry={loaded.reload} />}
        <ul className="terminal-rows" aria-busy={loaded.loading}>
          {(loaded.data?.items ?? []).map((one, index) => (
            <li key={index}>
              <div className="grow">
                <strong className="wrap-anywhere">{one.name}</strong>
                <div className="small soft">
                  since <Ago at={one.since} />
                  {typeof one.roundTrip === "number" && `, round trip ${Math.round(one.roundTrip)} ms`}
                </div>
              </div>
              <Pill tone={one.mode === "write" ? "good" : "calm"} icon={one.mode === "write" ? "edit" : "eye"}>
                {one.mode === "write" ? "types" : "looks"}
              </Pill>
            </li>
          ))}
        </ul>
      </div>
      <div className="dialog-foot">
        <Button autoFocus onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
