import { describe, expect, it } from "vitest";
import { board as de } from "./de.ts";
import { board as en } from "./en.ts";
import { board as fi } from "./fi.ts";

type Catalogue = Record<string, string>;

const ALL: readonly [string, Catalogue][] = [
  ["en", en],
  ["de", de],
  ["fi", fi],
];

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

describe.each(ALL)("the board's words in %s", (language, words) => {
  it("have the keys and placeholders of the English ones", () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(words)) expect([key, placeholders(text)]).toEqual([key, placeholders((en as Catalogue)[key]!)]);
  });

  it("never shout, cheer or say nothing, and keep sentences short", () => {
    for (const [key, text] of Object.entries(words)) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).not.toMatch(/!|\p{Extended_Pictographic}/u);
      for (const sentence of text.split(/[.?:] /)) expect(sentence.split(/\s+/).length, `${key}: ${sentence}`).toBeLessThanOrEqual(20);
    }
  });

  it("say Sie in German", () => {
    if (language !== "de") return;
    for (const [key, text] of Object.entries(words)) expect(text, key).not.toMatch(/\b(du|dich|dir|dein\w*|euch|euer)\b/i);
  });

  it("explain every number that has a name", () => {
    const named = Object.keys(words).filter((key) => key.startsWith("number_"));
    for (const key of named) expect(words[key.replace("number_", "how_")], key).toBeTruthy();
  });
});
