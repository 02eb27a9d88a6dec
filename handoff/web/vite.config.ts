/** Four builds, one folder: the widget (one script), the agent console, the supervisors' board and the demo site. */
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig as UserConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const widget: UserConfig = {
  publicDir: false,
  build: {
    outDir: at("dist"),
    emptyOutDir: false,
    lib: { entry: at("src/widget/widget.ts"), formats: ["iife"], name: "SaldoWidget", fileName: () => "widget.js" },
  },
};

function page(name: "console" | "demo" | "board", folder: string = name): UserConfig {
  return {
    root: at(`src/${folder}`),
    base: `/${name}/`,
    publicDir: false,
    build: { outDir: at(`dist/${name}`), emptyOutDir: true, assetsInlineLimit: 0 },
  };
}

const test: UserConfig = {
  // The tests read the style sheets, to measure their colours.
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], pool: "vmThreads", css: true },
};

export default defineConfig(({ mode }) => {
  if (mode === "widget") return widget;
  if (mode === "console" || mode === "demo") return page(mode);
  if (mode === "board") return page(mode, "dashboard");
  return test;
});
