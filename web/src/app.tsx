import { Component, type ReactNode, Suspense, lazy, useEffect } from "react";
import { Notice } from "./design/controls.tsx";
import { events } from "./events/stream.ts";
import { LoginPage } from "./pages/login.tsx";
import { NotFound } from "./pages/not-found.tsx";
import { HomePage } from "./pages/home.tsx";
import { ListPage } from "./pages/list.tsx";
import { ServerAway } from "./pages/server-away.tsx";
import { ById, WorkspacePage } from "./pages/workspace.tsx";
import { useRoute } from "./router/router.tsx";
import { Shell } from "./shell/shell.tsx";
import { Toasts } from "./shell/toasts.tsx";
import { follow } from "./stores/objects.ts";
import { may, session } from "./stores/session.ts";
import { useStore } from "./stores/store.ts";
import type { Me } from "./api/types.ts";

const TerminalPage = lazy(() => import("./terminal/page.tsx"));
const CreatePage = lazy(() => import("./pages/create.tsx"));
const RecordingsPage = lazy(() => import("./recordings/list.tsx"));
const ReplayPage = lazy(() => import("./recordings/replay.tsx"));
const SettingsPage = lazy(() => import("./pages/settings.tsx"));
const HealthPage = lazy(() => import("./pages/health.tsx"));
const DevicePage = lazy(() => import("./pages/device.tsx"));
const UsersPage = lazy(() => import("./pages/users.tsx"));
const WelcomePage = lazy(() => import("./pages/welcome.tsx"));

export function App() {
  const state = useStore(session);
  const route = useRoute();
  const signedIn = state.kind === "signed-in";
  useEffect(() => {
    if (!signedIn) return;
    const unfollow = follow(events);
    events.start();
    return () => {
      events.stop();
      unfollow();
    };
  }, [signedIn]);
  if (state.kind === "failed") return <ServerAway problem={state.problem} />;
  if (route.page === "login" || state.kind === "signed-out") return <LoginPage why={state.kind === "signed-out" ? state.why : null} />;
  if (state.kind === "loading") return <div className="loading" role="status" aria-label="Loading" />;
  return (
    <>
      <Shell me={state.me}>
        <PageFence key={route.page}>
          <Suspense fallback={<div className="loading" role="status" aria-label="Loading" />}>
            <Page me={state.me} />
          </Suspense>
        </PageFence>
      </Shell>
      <Toasts />
    </>
  );
}

function Page({ me }: { me: Me }) {
  const route = useRoute();
  switch (route.page) {
    case "home":
      return <HomePage me={me} />;
    case "workspaces":
      return <ListPage me={me} />;
    case "new":
      return may(me, "workspaces:create") ? <CreatePage me={me} template={route.template} /> : <NotFound me={me} />;
    case "by-id":
      return <ById key={route.id} me={me} id={route.id} />;
    case "workspace":
      return <WorkspacePage key={`${route.owner}/${route.name}`} me={me} owner={route.owner} name={route.name} tab={route.tab} />;
    case "terminals":
      return <TerminalPage key={`${route.owner}/${route.name}`} me={me} owner={route.owner} name={route.name} terminal={route.terminal} />;
    case "recordings":
      return may(me, "recordings:read") ? <RecordingsPage me={me} /> : <NotFound me={me} />;
    case "replay":
      return may(me, "recordings:read") ? <ReplayPage key={route.id} me={me} id={route.id} /> : <NotFound me={me} />;
    case "health":
      return may(me, "health:read") ? <HealthPage me={me} /> : <NotFound me={me} />;
    case "settings":
      return <SettingsPage me={me} section={route.section} />;
    case "device":
      return <DevicePage me={me} />;
    case "users":
      return may(me, "users:read") ? <UsersPage me={me} /> : <NotFound me={me} />;
    case "welcome":
      return <WelcomePage me={me} step={route.step} />;
    default:
      return <NotFound me={me} />;
  }
}

/** A fault of a page is told in its place; the rest of the app goes on. */
class PageFence extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page narrow">
        <Notice tone="bad" icon="failed" title="This page failed" live>
          <p>The fault is the page's, not yours. Your workspaces and terminals go on.</p>
          <p>
            <a href={location.href}>Load it again</a>
          </p>
        </Notice>
      </div>
    );
  }
}
