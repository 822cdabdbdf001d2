import { defineConfig } from "vitest/config";

// Core serves index.html at every path without a dot and the rest by its hashed name.
export default defineConfig({
  base: "/",
  publicDir: false,
  esbuild: { jsx: "automatic" },
  build: {
    outDir: "../../build/web/admin",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2022",
  },
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    setupFiles: ["test/setup.ts"],
  },
});
