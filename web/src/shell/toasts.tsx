import { Icon } from "../design/icon.tsx";
import { Store, useStore } from "../stores/store.ts";

interface Toast {
  id: number;
  kind: "good" | "info" | "bad";
  text: string;
}

const toasts = new Store<Toast[]>([]);
let next = 1;

/** Something small that happened. What needs an answer is never a toast. */
export function toast(message: Omit<Toast, "id">): void {
  const id = next++;
  toasts.update((list) => [...list.slice(-2), { id, ...message }]);
  setTimeout(() => toasts.update((list) => list.filter((other) => other.id !== id)), 6000);
}

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((item) => (
        <div key={item.id} className="toast">
          <Icon name={item.kind === "good" ? "check" : item.kind === "bad" ? "failed" : "info"} />
          <span className="wrap-anywhere">{item.text}</span>
        </div>
      ))}
    </div>
  );
}
