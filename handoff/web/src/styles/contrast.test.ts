import { describe, expect, it } from "vitest";
import brand from "../demo/brand.css?raw";
import tokens from "./tokens.css?raw";

type Pair = readonly [light: string, dark: string];

function readColours(css: string): Map<string, Pair> {
  const found = css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g);
  return new Map([...found].map(([, name, light, dark]) => [name ?? "", [light ?? "", dark ?? ""]]));
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

const COLOURS = new Map([...readColours(tokens), ...readColours(brand)]);

const TEXT: readonly (readonly [text: string, ground: string])[] = [
  ...["saldo-surface", "saldo-surface-2", "saldo-ground"].flatMap((ground) =>
    ["saldo-text", "saldo-text-2", "saldo-text-3", "saldo-accent"].map((text) => [text, ground] as const),
  ),
  ["saldo-text", "saldo-surface-3"],
  ["saldo-text-2", "saldo-surface-3"],
  ["saldo-on-accent", "saldo-accent"],
  ["saldo-on-accent", "saldo-accent-strong"],
  ["saldo-on-accent-soft", "saldo-accent-soft"],
  ["saldo-accent", "saldo-accent-soft"],
  ["saldo-on-own", "saldo-own"],
  ["saldo-positive", "saldo-positive-soft"],
  ["saldo-warning", "saldo-warning-soft"],
  ["saldo-critical", "saldo-critical-soft"],
  ["saldo-on-note", "saldo-note"],
  ["saldo-critical", "saldo-surface"],
  ["nn-text", "nn-ground"],
  ["nn-text-2", "nn-ground"],
  ["nn-text-2", "nn-band"],
  ["nn-text-2", "nn-surface"],
  ["nn-violet", "nn-surface"],
  ["nn-violet", "nn-band"],
];

const CONTROLS: readonly (readonly [part: string, ground: string])[] = [
  ["saldo-line-strong", "saldo-surface"],
  ["saldo-line-strong", "saldo-surface-2"],
  ["saldo-focus", "saldo-surface"],
  ["saldo-focus", "saldo-note"],
  ["saldo-note-line", "saldo-note"],
  ["saldo-bar-total", "saldo-bar-track"],
  ["saldo-bar-more", "saldo-bar-track"],
  ["saldo-bar-less", "saldo-bar-track"],
  ["nn-line-strong", "nn-surface"],
];

function measured(part: string, ground: string): number[] {
  const [one, other] = [COLOURS.get(part), COLOURS.get(ground)];
  if (!one || !other) throw new Error(`no colour ${part} or ${ground}`);
  return [contrast(one[0], other[0]), contrast(one[1], other[1])];
}

describe("the tokens, light and dark", () => {
  it.each(TEXT)("let %s be read on %s", (text, ground) => {
    for (const ratio of measured(text, ground)) expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  it.each(CONTROLS)("let %s be seen on %s", (part, ground) => {
    for (const ratio of measured(part, ground)) expect(ratio).toBeGreaterThanOrEqual(3);
  });
});
