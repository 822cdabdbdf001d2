import { defineConfig } from "vitest/config";

// Names carry a hash of their contents and are kept by browsers for a year; manifest.json tells
// the storefront's C++ side which they are.
export default defineConfig({
  base: "/assets/app/",
  publicDir: false,
  build: {
    outDir: "../../build/web/storefront",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: ".",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rollupOptions: {
      input: ["src/main.ts", "src/storefront.css", "src/images/icon.svg"],
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    setupFiles: ["test/setup.ts"],
  },
});
