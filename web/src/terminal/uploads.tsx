import { useMemo } from "react";
import { Button } from "../design/controls.tsx";
import { bytes } from "../design/time.tsx";
import { Store, useStore } from "../stores/store.ts";
import { quotePath } from "./paste.ts";

const limit = 32 * 1024 * 1024;

interface Upload {
  id: number;
  name: string;
  size: number;
  sent: number;
  problem: string | null;
  cancel: () => void;
}

class UploadQueue {
  readonly list = new Store<Upload[]>([]);
  private next = 1;
  private readonly workspace: string;

  constructor(workspace: string) {
    this.workspace = workspace;
  }

  /** Each file becomes a path of the workspace, put in as one paste without Enter. */
  add(files: File[], insert: (path: string) => void): void {
    void Promise.all(files.map((file) => this.one(file))).then((paths) => {
      const there = paths.filter((path) => path !== null).map(quotePath);
      if (there.length > 0) insert(`${there.join(" ")} `);
    });
  }

  drop(id: number): void {
    this.list.update((list) => list.filter((one) => one.id !== id));
  }

  private one(file: File): Promise<string | null> {
    const id = this.next++;
    const change = (part: Partial<Upload>) => this.list.update((list) => list.map((one) => (one.id === id ? { ...one, ...part } : one)));
    // fetch can't tell how much was sent; XMLHttpRequest can.
    const request = new XMLHttpRequest();
    this.list.update((list) => [...list, { id, name: file.name || "image", size: file.size, sent: 0, problem: null, cancel: () => request.abort() }]);
    if (file.size > limit) {
      change({ problem: `${bytes(file.size)}; at most ${bytes(limit)} can be put in.` });
      return Promise.resolve(null);
    }
    return new Promise((resolve) => {
      const fail = (problem: string | null) => {
        if (problem) change({ problem });
        else this.drop(id);
        resolve(null);
      };
      request.upload.onprogress = (event) => change({ sent: event.loaded });
      request.onload = () => {
        const answer = readJson(request.responseText);
        const path = answer["path"];
        if (request.status >= 200 && request.status < 300 && typeof path === "string") {
          this.drop(id);
          resolve(path);
        } else fail(typeof answer["detail"] === "string" ? answer["detail"] : `The server answered ${request.status}.`);
      };
      request.onerror = () => fail("The server did not answer.");
      request.onabort = () => fail(null);
      request.open("POST", `/api/v1/workspaces/${encodeURIComponent(this.workspace)}/uploads?name=${encodeURIComponent(file.name || "image.png")}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(file);
    });
  }
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const useUploads = (workspace: string): UploadQueue => useMemo(() => new UploadQueue(workspace), [workspace]);

export function Uploads({ uploads }: { uploads: UploadQueue }) {
  const list = useStore(uploads.list);
  if (list.length === 0) return null;
  return (
    <ul className="uploads" aria-label="Uploads">
      {list.map((one) => (
        <li key={one.id}>
          <div className="grow">
            <div className="clip">{one.name}</div>
            {one.problem ? <div className="small wrap-anywhere">{one.problem}</div> : <progress className="bar" max={one.size || 1} value={one.sent} aria-label={`Sending ${one.name}`} />}
          </div>
          <Button look="quiet" icon="cross" iconOnly onClick={() => (one.problem ? uploads.drop(one.id) : one.cancel())}>
            {one.problem ? "Close this message" : `Cancel ${one.name}`}
          </Button>
        </li>
      ))}
    </ul>
  );
}
