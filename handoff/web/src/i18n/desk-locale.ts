/** The console's texts, with the shared ones that the components need. */
import type { Language } from "../api/protocol.ts";
import { shared as deShared } from "./de.ts";
import { desk as deDesk } from "./desk/de.ts";
import { desk as enDesk } from "./desk/en.ts";
import { desk as fiDesk } from "./desk/fi.ts";
import { shared as enShared } from "./en.ts";
import { shared as fiShared } from "./fi.ts";
import { Locale } from "./locale.ts";

export type DeskLocale = Locale<typeof enShared & typeof enDesk>;

const CATALOGUES = {
  en: { ...enShared, ...enDesk },
  de: { ...deShared, ...deDesk },
  fi: { ...fiShared, ...fiDesk },
};

export function deskLocale(language: Language): DeskLocale {
  return new Locale(language, CATALOGUES[language]);
}
