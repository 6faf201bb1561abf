import { useState } from "react";
import type { Workspace } from "../api/types.ts";
import { Confirm } from "../design/dialog.tsx";
import { navigate, useQuery } from "../router/router.tsx";
import { cleanPaste, visible } from "./paste.ts";

/** A link may carry a command. It never runs by itself: a person sees exactly what, and where, and has to say yes. */
export function CommandLink({ workspace, onRun }: { workspace: Workspace; onRun: (text: string) => Promise<void> }) {
  const [query] = useQuery("command");
  const [text] = useState(query);
  const [open, setOpen] = useState(query !== "");
  if (!open) return null;
  const close = () => {
    setOpen(false);
    navigate(location.pathname, { replace: true });
  };
  return (
    <Confirm title={`Run this in ${workspace.title || workspace.name}?`} action="Run it" onClose={close} run={() => onRun(cleanPaste(text).replaceAll("\r", "\n").trimEnd())}>
      <p>The link that you followed carries a command. It runs in a new terminal of {workspace.name}, with your rights there, and only if you say so.</p>
      <pre className="raw">{visible(text)}</pre>
    </Confirm>
  );
}
