/** The console's texts, with the shared ones that the components need. */
import type { Language } from "../api/protocol.ts";
import * as de from "./de.ts";
import * as en from "./en.ts";
import * as fi from "./fi.ts";
import { Locale } from "./locale.ts";

export type DeskLocale = Locale<typeof en.shared & typeof en.desk>;

export function deskLocale(language: Language): DeskLocale {
  const catalogue = { en, de, fi }[language];
  return new Locale(language, { ...catalogue.shared, ...catalogue.desk });
}
