import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadSession } from "./stores/session.ts";

void loadSession();
createRoot(document.getElementById("app")!).render(<App />);
