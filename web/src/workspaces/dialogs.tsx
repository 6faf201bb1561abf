import type { Workspace } from "../api/types.ts";
import { Confirm } from "../design/dialog.tsx";
import { restart, stop } from "./calls.ts";
import { Duplicate, Rename, Transfer } from "./change-dialogs.tsx";
import { commands } from "./commands.ts";
import { DeleteDialog } from "./delete-dialog.tsx";

export type Asked = "stop" | "restart" | "delete" | "rename" | "duplicate" | "transfer";

export function ActionDialog({ workspace, asked, onClose }: { workspace: Workspace; asked: Asked; onClose: () => void }) {
  const open = workspace.terminals.open;
  const ends = open > 0 ? `${open} open ${open === 1 ? "terminal ends" : "terminals end"}, and every program in ${open === 1 ? "it" : "them"}.` : "No terminal is open.";
  switch (asked) {
    case "stop":
      return (
        <Confirm title={`Stop ${workspace.title || workspace.name}?`} action="Stop" command={commands.stop(workspace)} onClose={onClose} run={() => stop(workspace.id)}>
          <p>{ends} Its home and files stay as they are.</p>
        </Confirm>
      );
    case "restart":
      return (
        <Confirm title={`Restart ${workspace.title || workspace.name}?`} action="Restart" command={commands.restart(workspace)} onClose={onClose} run={() => restart(workspace.id)}>
          <p>{ends} Then it starts again with the same files.</p>
        </Confirm>
      );
    case "delete":
      return <DeleteDialog workspace={workspace} onClose={onClose} />;
    case "rename":
      return <Rename workspace={workspace} onClose={onClose} />;
    case "duplicate":
      return <Duplicate workspace={workspace} onClose={onClose} />;
    case "transfer":
      return <Transfer workspace={workspace} onClose={onClose} />;
  }
}
