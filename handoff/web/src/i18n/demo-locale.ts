/** The demo site's texts. */
import type { Language } from "../api/protocol.ts";
import { demo as de } from "./de.ts";
import { demo as en } from "./en.ts";
import { demo as fi } from "./fi.ts";
import { Locale } from "./locale.ts";

export type DemoLocale = Locale<typeof en>;

export function demoLocale(language: Language): DemoLocale {
  return new Locale(language, { en, de, fi }[language]);
}
