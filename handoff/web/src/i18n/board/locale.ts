/** The board's texts, with the console's that it shares: signing in, channels, languages. */
import type { Language } from "../../api/protocol.ts";
import { shared as deShared } from "../de.ts";
import { desk as deDesk } from "../desk/de.ts";
import { desk as enDesk } from "../desk/en.ts";
import { desk as fiDesk } from "../desk/fi.ts";
import { shared as enShared } from "../en.ts";
import { shared as fiShared } from "../fi.ts";
import { Locale } from "../locale.ts";
import { board as de } from "./de.ts";
import { board as en } from "./en.ts";
import { board as fi } from "./fi.ts";

export type BoardKey = keyof typeof en;
export type BoardTexts = Record<BoardKey, string>;
export type BoardLocale = Locale<typeof enShared & Omit<typeof enDesk, BoardKey> & typeof en>;

const CATALOGUES = {
  en: { ...enShared, ...enDesk, ...en, title: en.board_title },
  de: { ...deShared, ...deDesk, ...de, title: de.board_title },
  fi: { ...fiShared, ...fiDesk, ...fi, title: fi.board_title },
};

export function boardLocale(language: Language): BoardLocale {
  return new Locale(language, CATALOGUES[language]);
}
