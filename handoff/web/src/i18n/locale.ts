/** A reader's language: texts by key, and money, dates and times as the reader's country writes them. */
import type { Language } from "../api/protocol.ts";
import { shared as de } from "./de.ts";
import type { desk } from "./desk/en.ts";
import { type demo, shared as en } from "./en.ts";
import { shared as fi } from "./fi.ts";

export type SharedTexts = Record<keyof typeof en, string>;
export type DemoTexts = Record<keyof typeof demo, string>;
export type DeskTexts = Record<keyof typeof desk, string>;

const DAY_SECONDS = 86_400;

type Values = Record<string, string | number>;

/** The placeholders that the English text of a key names. */
type PlaceholderOf<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never;
type ValuesOf<T extends string> = [PlaceholderOf<T>] extends [never]
  ? []
  : [values: Record<PlaceholderOf<T>, string | number>];

export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
  { code: "fi", name: "Suomi" },
];

/** English customers live in Germany and Finland and pay in euro: Ireland writes €43.20 and days before months. */
const REGION: Record<Language, string> = { en: "en-IE", de: "de-DE", fi: "fi-FI" };

/** @typeParam English the English catalogue, which names keys and placeholders */
export class Locale<English extends Record<string, string> = typeof en> {
  readonly region: string;
  private readonly plurals: Intl.PluralRules;

  constructor(
    readonly language: Language,
    private readonly texts: Record<keyof English, string>,
  ) {
    this.region = REGION[language];
    this.plurals = new Intl.PluralRules(this.region);
  }

  text<K extends keyof English & string>(key: K, ...values: ValuesOf<English[K]>): string {
    return fill(this.texts[key], values[0] ?? {});
  }

  has(key: string): boolean {
    return key in this.texts;
  }

  /** The text of `key_one` or `key_other` for a count. */
  count<K extends string>(key: `${K}_other` extends keyof English ? K : never, count: number): string {
    const rule = this.plurals.select(count) === "one" ? "one" : "other";
    return fill(this.texts[`${key}_${rule}`], { count: this.number(count) });
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.region).format(value);
  }

  /** Write an amount of minor units; division by 100 is for display only. */
  money(minor: number, currency: string): string {
    return withMinus(this.currency(currency, "auto").format(minor / 100));
  }

  /** Write an amount with its sign, so that plus and minus are never told by colour alone. */
  signedMoney(minor: number, currency: string): string {
    return withMinus(this.currency(currency, "exceptZero").format(minor / 100));
  }

  /** Write a price of one unit, given in millionths of the currency. */
  unitPrice(micro: number, currency: string): string {
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
    return new Intl.NumberFormat(this.region, { style: "currency", currency, ...digits }).format(micro / 1_000_000);
  }

  date(day: string | Date): string {
    return this.format(day, { day: "numeric", month: "long", year: "numeric" });
  }

  /** English readers do not agree on whether 8/10 is in August or in October: there the month is a word. */
  shortDate(day: string | Date): string {
    return this.format(day, { day: "numeric", month: this.language === "en" ? "short" : "numeric", year: "numeric" });
  }

  /** Write a month such as "2026-10". */
  period(month: string): string {
    return this.format(`${month.slice(0, 7)}-01`, { month: "long", year: "numeric" });
  }

  time(at: number): string {
    return new Intl.DateTimeFormat(this.region, { hour: "2-digit", minute: "2-digit" }).format(at);
  }

  day(at: number): string {
    return new Intl.DateTimeFormat(this.region, { weekday: "long", day: "numeric", month: "long" }).format(at);
  }

  /** Write the day on which something happens; Finnish puts the weekday into the case that says "on". */
  onDay(at: number): string {
    const day = this.day(at);
    return this.language === "fi" ? day.replace(/^\p{L}+/u, "$&na") : day;
  }

  /** Write seconds as minutes and seconds, 9:05, from an hour on as 1:09:05, and whole days before: 2 d 1:09:05. */
  duration(seconds: number): string {
    const whole = Math.max(0, Math.floor(seconds));
    const [hours, minutes] = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
    const two = (value: number): string => String(value).padStart(2, "0");
    if (whole < 3600) return `${minutes}:${two(whole % 60)}`;
    const clock = `${hours}:${two(minutes)}:${two(whole % 60)}`;
    return whole < DAY_SECONDS ? clock : `${this.unit(Math.floor(whole / DAY_SECONDS), "day")} ${clock}`;
  }

  /** Write how long somebody has waited, in the two largest units: "1 min 14 sec", "14 hrs 3 min". */
  wait(seconds: number): string {
    const whole = Math.max(0, Math.floor(seconds));
    const parts = [
      [Math.floor(whole / DAY_SECONDS), "day"],
      [Math.floor(whole / 3600) % 24, "hour"],
      [Math.floor(whole / 60) % 60, "minute"],
      [whole % 60, "second"],
    ] as const;
    const first = parts.findIndex(([value]) => value > 0);
    if (first < 0) return this.unit(0, "second");
    const shown = parts.slice(first, first + 2).filter(([value], index) => index === 0 || value > 0 || first === 2);
    return shown.map(([value, unit]) => this.unit(value, unit)).join(" ");
  }

  /** Write a share from 0 to 1 in whole percent. */
  share(value: number): string {
    return new Intl.NumberFormat(this.region, { style: "percent" }).format(value);
  }

  /** Write the size of a file in the unit that keeps it short: "340 kB". */
  fileSize(bytes: number): string {
    const [value, unit] = bytes < 1_000_000 ? [Math.ceil(bytes / 1000), "kilobyte"] : [bytes / 1_000_000, "megabyte"];
    const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.region, options).format(value);
  }

  private unit(value: number, unit: "day" | "hour" | "minute" | "second"): string {
    return new Intl.NumberFormat(this.region, { style: "unit", unit, unitDisplay: "short" }).format(value);
  }

  private currency(currency: string, signDisplay: "auto" | "exceptZero"): Intl.NumberFormat {
    return new Intl.NumberFormat(this.region, { style: "currency", currency, signDisplay });
  }

  /** A day without a time belongs to no time zone: read and written as UTC. */
  private format(day: string | Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.region, { ...options, timeZone: "UTC" }).format(new Date(day));
  }
}

export type SharedLocale = Locale;

/** A true minus sign: as wide as a plus, and read aloud as minus. */
function withMinus(amount: string): string {
  return amount.replace("-", "\u2212");
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

export function sharedLocale(language: Language): SharedLocale {
  return new Locale(language, { en, de, fi }[language]);
}

/** Return the first supported language among tags such as "de-AT". */
export function pickLanguage(...tags: readonly (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const found = LANGUAGES.find(({ code }) => tag?.toLowerCase().split("-")[0] === code);
    if (found) return found.code;
  }
  return "en";
}
