import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { asProblem } from "../api/client.ts";
import type { Problem } from "../api/types.ts";
import { Button, Command } from "./controls.tsx";
import { ProblemNotice } from "./problem.tsx";

export function Dialog({ title, wide, onClose, children, className }: { title: string; wide?: boolean; onClose: () => void; children: ReactNode; className?: string }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = ref.current!;
    const before = document.activeElement;
    if (!element.open) element.showModal();
    // The browser takes the first stop, often the equal command. What is filled in comes first, else the answer that changes nothing.
    element.querySelector<HTMLElement>("input, select, textarea, [data-autofocus]")?.focus();
    // By the time this ends it is out of the page, so the browser gives the focus to nobody.
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`${wide ? "wide" : ""} ${className ?? ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <h2 id={id} className="dialog-title">
        {title}
      </h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  action: string;
  danger?: boolean;
  command?: string;
  /** Why it can't be done as it is filled in. */
  unavailable?: string | null;
  children: ReactNode;
  onClose: () => void;
  run: () => Promise<unknown>;
}

/** Says what will happen, shows the equal command, does it, and stays with the reason when it fails. */
export function Confirm({ title, action, danger, command, unavailable, children, onClose, run }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (unavailable) return;
    setBusy(true);
    setProblem(null);
    try {
      await run();
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div className="dialog-body">
          {children}
          {problem && <ProblemNotice problem={problem} />}
          {command && <Command text={command} />}
        </div>
        <div className="dialog-foot">
          <Button autoFocus onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look={danger ? "danger" : "primary"} busy={busy} unavailable={unavailable}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
