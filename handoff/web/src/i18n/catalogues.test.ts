import { describe, expect, it } from "vitest";
import * as de from "./de.ts";
import { desk as deDesk } from "./desk/de.ts";
import { desk as enDesk } from "./desk/en.ts";
import { desk as fiDesk } from "./desk/fi.ts";
import * as en from "./en.ts";
import * as fi from "./fi.ts";
import { panel as dePanel } from "./panel/de.ts";
import { panel as enPanel } from "./panel/en.ts";
import { panel as fiPanel } from "./panel/fi.ts";

type Catalogue = Record<string, string>;

const PARTS = ["shared", "desk", "panel", "demo"] as const;
const ENGLISH = { ...en, desk: enDesk, panel: enPanel };
const TRANSLATIONS = { de: { ...de, desk: deDesk, panel: dePanel }, fi: { ...fi, desk: fiDesk, panel: fiPanel } };
const ALL = [ENGLISH, TRANSLATIONS.de, TRANSLATIONS.fi];

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

function entries(catalogue: Catalogue): [string, string][] {
  return Object.entries(catalogue);
}

describe.each(PARTS)("the catalogue %s", (part) => {
  const english: Catalogue = ENGLISH[part];

  it.each(["de", "fi"] as const)("has the same keys and placeholders in %s", (language) => {
    const translated: Catalogue = TRANSLATIONS[language][part];
    expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of entries(translated)) expect([key, placeholders(text)]).toEqual([key, placeholders(english[key]!)]);
  });

  it("never shouts, cheers or says nothing", () => {
    for (const { [part]: catalogue } of ALL)
      for (const [key, text] of entries(catalogue)) {
        expect(text.trim(), key).not.toBe("");
        expect(text, key).not.toMatch(/!|\p{Extended_Pictographic}/u);
      }
  });

  it("says Sie in German", () => {
    for (const [key, text] of entries(TRANSLATIONS.de[part])) expect(text, key).not.toMatch(/\b(du|dich|dir|dein\w*|euch|euer)\b/i);
  });

  it("stays within twenty words a sentence", () => {
    for (const { [part]: catalogue } of ALL)
      for (const [key, text] of entries(catalogue))
        for (const sentence of text.split(/[.?:] /)) expect(sentence.split(/\s+/).length, `${key}: ${sentence}`).toBeLessThanOrEqual(20);
  });
});

it("has one name for one text on the desk, whose catalogues are one", () => {
  const keys = (["shared", "desk", "panel"] as const).flatMap((part) => Object.keys(ENGLISH[part]));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});
