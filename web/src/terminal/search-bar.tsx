import { useEffect, useRef, useState } from "react";
import { asProblem, get } from "../api/client.ts";
import { Button } from "../design/controls.tsx";
import type { TerminalView } from "./view.ts";

interface Found {
  total: number;
  outcome: "complete" | "too_many" | "timed_out";
  message?: string | null;
}

/** The count is the server's, over all that it keeps; moving is done in what is loaded here, which is the same history. */
export function SearchBar({ view, terminal, onClose }: { view: TerminalView; terminal: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const [regex, setRegex] = useState(false);
  const [exact, setExact] = useState(false);
  const [words, setWords] = useState("");
  const [ok, setOk] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const options = { regex, caseSensitive: exact, decorations: { matchBackground: "#b58900", activeMatchBackground: "#d33682", matchOverviewRuler: "#b58900", activeMatchColorOverviewRuler: "#d33682" } };
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    if (text === "") {
      view.search.clearDecorations();
      setWords("");
      return;
    }
    const abort = new AbortController();
    setOk(false);
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ q: text, regex: String(regex), case: String(exact) });
      get<Found>(`/terminals/${encodeURIComponent(terminal)}/search?${query}`, abort.signal).then(
        (found) => {
          if (found.outcome === "timed_out") return setWords(found.message ?? "This pattern takes too long and was stopped.");
          setWords(found.total === 0 ? "nothing" : `${found.total}${found.outcome === "too_many" ? " and more" : ""} found`);
          setOk(true);
          // Only a pattern that the server ran within its time limit is run here.
          view.search.findPrevious(text, options);
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setWords(asProblem(error).detail);
        },
      );
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, regex, exact, terminal, view]);
  const step = (back: boolean) => {
    if (ok) view.search[back ? "findPrevious" : "findNext"](text, options);
  };
  const close = () => {
    view.search.clearDecorations();
    onClose();
    view.focus();
  };
  return (
    <div className="pane-search" role="search">
      <input
        ref={input}
        className="input"
        aria-label="Search in the history"
        placeholder="Search in the history"
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(!event.shiftKey);
          if (event.key === "Escape") close();
        }}
      />
      <span className="small soft wrap-anywhere" role="status">
        {words}
      </span>
      <Button look="quiet" aria-pressed={regex} onClick={() => setRegex(!regex)} title="Regular expression">
        .*
      </Button>
      <Button look="quiet" aria-pressed={exact} onClick={() => setExact(!exact)} title="Upper and lower case as typed">
        Aa
      </Button>
      <Button look="quiet" icon="up" iconOnly onClick={() => step(true)}>
        Earlier
      </Button>
      <Button look="quiet" icon="down" iconOnly onClick={() => step(false)}>
        Later
      </Button>
      <Button look="quiet" icon="cross" iconOnly onClick={close}>
        Close the search
      </Button>
    </div>
  );
}
