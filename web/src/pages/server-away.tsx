import type { Problem } from "../api/types.ts";
import { Mark } from "../design/icon.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { loadSession, session } from "../stores/session.ts";

export function ServerAway({ problem }: { problem: Problem }) {
  return (
    <main className="login" id="main">
      <div className="login-card">
        <Mark size={44} />
        <h1>The server can't be asked</h1>
        <ProblemNotice
          problem={problem}
          onRetry={() => {
            session.set({ kind: "loading" });
            void loadSession();
          }}
        />
      </div>
    </main>
  );
}
