/** Five builds, one folder: the widget (one script), the agent console and its worker, the supervisors' board and the demo site. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig, type ViteUserConfig as UserConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Indentation and the air in style sheets are for people: what stands in templates would travel to every customer. */
const unindented = {
  name: "unindented",
  transform: (code: string, id: string) =>
    id.endsWith(".ts") ? { code: code.replace(/\bcss`[^`]*`/g, tighten).replace(/\n[ \t]+/g, "\n"), map: null } : null,
};

function tighten(styles: string): string {
  return styles
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/([:,]) /g, "$1")
    .replace(/;\}/g, "}");
}

/** Every page that embeds the widget pays for it: more than this has to be a decision, not an accident. */
const WIDGET_LIMIT_BYTES = 38_000;

const withinLimit = {
  name: "within-limit",
  writeBundle(_options: unknown, bundle: Record<string, { type: string; code?: string }>): void {
    const size = Object.values(bundle).reduce((sum, { code = "" }) => sum + gzipSync(code).length, 0);
    if (size > WIDGET_LIMIT_BYTES) throw new Error(`the widget has ${size} bytes, zipped; ${WIDGET_LIMIT_BYTES} are allowed`);
  },
};

const widget: UserConfig = {
  publicDir: false,
  plugins: [{ ...unindented, enforce: "pre" }, withinLimit],
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

/** What runs when the console sleeps: one script under a name that stays, as its address decides what it serves. */
const worker: UserConfig = {
  publicDir: false,
  build: {
    outDir: at("dist/console"),
    emptyOutDir: false,
    lib: { entry: at("src/console/worker.ts"), formats: ["iife"], name: "SaldoWorker", fileName: () => "worker.js" },
  },
};

const test: UserConfig = {
  // The tests read the style sheets, to measure their colours.
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], pool: "vmThreads", css: true },
};

function chosen(mode: string): UserConfig {
  if (mode === "widget") return widget;
  if (mode === "worker") return worker;
  if (mode === "console" || mode === "demo") return page(mode);
  if (mode === "board") return page(mode, "dashboard");
  return test;
}

// Whoever starts the system is told by make what goes on; only what is wrong is worth more lines.
export default defineConfig(({ mode }) => ({ ...chosen(mode), logLevel: "warn" }));
