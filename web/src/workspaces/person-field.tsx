import { useId } from "react";
import { ApiError, get } from "../api/client.ts";
import type { Page, User } from "../api/types.ts";
import { Field } from "../design/controls.tsx";
import { useLoad } from "../stores/load.ts";
import { items } from "./calls.ts";

/** People whose name or address begins so. Who may not look people up gets none, and types the whole address. */
export function usePeople(query: string): { people: User[]; asks: boolean } {
  const text = query.trim();
  const loaded = useLoad(text.length >= 3 ? `people ${text}` : null, async (signal) => {
    try {
      return items(await get<User[] | Page<User>>(`/users/lookup?q=${encodeURIComponent(text)}`, signal));
    } catch (error) {
      if (error instanceof ApiError && [403, 404, 405, 429].includes(error.problem.status)) return [];
      throw error;
    }
  });
  return { people: text.length >= 3 ? (loaded.data ?? []) : [], asks: loaded.loading };
}

/** An address, with those that are known offered while typing. */
export function PersonField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { people } = usePeople(value);
  const list = useId();
  return (
    <Field label={label} hint="Their address">
      {(props) => (
        <>
          <input {...props} className="input" list={list} value={value} spellCheck={false} autoCapitalize="none" autoComplete="off" onChange={(event) => onChange(event.target.value)} />
          <datalist id={list}>
            {people.map((one) => (
              <option key={one.id} value={one.address}>
                {one.name}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
