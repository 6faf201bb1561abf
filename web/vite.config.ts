import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../artifacts/bin/libexec/server/web",
    emptyOutDir: true,
    target: "es2023",
    // Everything under /assets is named by its content's hash; nothing is put into the page as data: or inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    manifest: true,
  },
  test: { include: ["tests/**/*.test.ts", "e2e/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});
