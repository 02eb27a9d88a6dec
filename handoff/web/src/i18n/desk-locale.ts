/** The console's texts, with the shared ones that the components need. */
import type { Language } from "../api/protocol.ts";
import { shared as deShared } from "./de.ts";
import { desk as deDesk } from "./desk/de.ts";
import { desk as enDesk } from "./desk/en.ts";
import { desk as fiDesk } from "./desk/fi.ts";
import { shared as enShared } from "./en.ts";
import { shared as fiShared } from "./fi.ts";
import { Locale } from "./locale.ts";
import { panel as dePanel } from "./panel/de.ts";
import { panel as enPanel } from "./panel/en.ts";
import { panel as fiPanel } from "./panel/fi.ts";

export type DeskLocale = Locale<typeof enShared & typeof enDesk & typeof enPanel>;

const CATALOGUES = {
  en: { ...enShared, ...enDesk, ...enPanel },
  de: { ...deShared, ...deDesk, ...dePanel },
  fi: { ...fiShared, ...fiDesk, ...fiPanel },
};

export function deskLocale(language: Language): DeskLocale {
  return new Locale(language, CATALOGUES[language]);
}
