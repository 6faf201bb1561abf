import type { Me } from "../api/types.ts";
import { ButtonLink, Command } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { usePageActions } from "../shell/actions.ts";
import { navigate } from "../router/router.tsx";
import { useTitle } from "../shell/title.ts";
import { may } from "../stores/session.ts";
import { WorkspaceCard } from "../workspaces/card.tsx";
import { commands } from "../workspaces/commands.ts";
import { useWorkspaceList } from "../workspaces/live-list.ts";
import { TemplateTiles, useTemplates } from "../workspaces/templates.tsx";

export function HomePage({ me }: { me: Me }) {
  useTitle("Home");
  const list = useWorkspaceList({ search: "owner:me", limit: 24 });
  const shared = useWorkspaceList({ search: "", limit: 24 });
  const create = may(me, "workspaces:create");
  usePageActions(create ? [{ id: "new", text: "New workspace", icon: "plus", run: () => navigate("/new") }] : []);
  const others = shared.rows.filter((row) => row.owner.id !== me.id && row.shares?.[me.id]);
  const running = list.rows.filter((row) => row.observed === "running").length;
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <h1>Your workspaces</h1>
          <p className="lead">
            {list.data && list.rows.length > 0 ? `${list.data.total} in all, ${running} running.` : "Each is a place of its own: home, terminals, agents, and rules about what they may reach."}
          </p>
        </div>
        {create && list.rows.length > 0 && (
          <ButtonLink href="/new" look="primary" icon="plus">
            New workspace
          </ButtonLink>
        )}
      </div>
      {list.problem && <ProblemNotice problem={list.problem} title="The list could not be loaded" onRetry={list.reload} />}
      {list.loading && !list.data && <Skeletons />}
      {list.data && list.rows.length === 0 && <NothingYet me={me} />}
      <div className="cards">
        {list.rows.map((workspace) => (
          <WorkspaceCard key={workspace.id} workspace={workspace} me={me} />
        ))}
      </div>
      {list.data?.next && (
        <p>
          <ButtonLink href="/workspaces?q=owner:me">All of yours</ButtonLink>
        </p>
      )}
      {others.length > 0 && (
        <section className="stack">
          <h2>Shared with you</h2>
          <div className="cards">
            {others.map((workspace) => (
              <WorkspaceCard key={workspace.id} workspace={workspace} me={me} />
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

function Skeletons() {
  return (
    <div className="cards" role="status" aria-label="Loading">
      {[0, 1, 2].map((index) => (
        <div key={index} className="card skeleton card-skeleton" />
      ))}
    </div>
  );
}

/** Nothing yet: what to do depends on whether this person may. */
export function NothingYet({ me }: { me: Me }) {
  const templates = useTemplates();
  if (!may(me, "workspaces:create"))
    return (
      <section className="empty">
        <h2>No workspace yet</h2>
        <p className="soft">Your role can't create one. Ask an administrator of this server, or a person who can share theirs with you.</p>
      </section>
    );
  const few = (templates.data ?? []).slice(0, 6);
  return (
    <section className="empty">
      <h2>Create your first workspace</h2>
      <p className="soft">{few.length > 0 ? "Choose a template: what is installed in it, and what it may reach." : "It begins from a template, and there is none yet."}</p>
      {templates.problem && <ProblemNotice problem={templates.problem} onRetry={templates.reload} />}
      <TemplateTiles templates={few} />
      {few.length > 0 ? (
        <Command text={commands.create({ template: few[0]!.name })} />
      ) : (
        templates.data && (
          <p>
            An operator puts templates into <code>~/.caisson/templates</code>. <a href="/welcome">First steps</a>
          </p>
        )
      )}
    </section>
  );
}
