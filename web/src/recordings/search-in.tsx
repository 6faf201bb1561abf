import { useEffect, useState } from "react";
import { Field } from "../design/controls.tsx";
import { ProblemNotice } from "../design/problem.tsx";
import { useLoad } from "../stores/load.ts";
import { searchIn } from "./calls.ts";
import { clock } from "./marks.tsx";

/** Where a text was printed; a line goes to its moment. */
export function SearchIn({ recording, onPlay }: { recording: string; onPlay: (time: number) => void }) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useLoad(asked ? `search ${recording} ${asked}` : null, (signal) => searchIn(recording, asked, signal));
  const matches = found.data?.matches ?? found.data?.items ?? [];
  return (
    <section className="card stack" role="search">
      <Field label="Find text" hint={found.data ? `${found.data.total}${found.data.complete ? "" : " and more"} found` : "In all that was printed"}>
        {(props) => <input {...props} className="input" type="search" maxLength={200} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />}
      </Field>
      {found.problem && <ProblemNotice problem={found.problem} />}
      {matches.length > 0 && (
        <ol className="marks">
          {matches.slice(0, 100).map((match, index) => (
            <li key={index}>
              <button type="button" onClick={() => onPlay(match.time)}>
                <span className="small faint">{clock(match.time)}</span>
                <code className="mark-text wrap-anywhere">{match.line}</code>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
