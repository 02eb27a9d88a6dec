/** How the board writes values, and words for codes that the server sends. */
import type { Unit } from "../api/board.ts";
import type { Language } from "../api/protocol.ts";
import type { BoardKey, BoardLocale } from "../i18n/board/locale.ts";

/** Whole percent, rounded down: what is not reached is not shown as reached. */
export function writeShare(permille: number, locale: BoardLocale): string {
  return new Intl.NumberFormat(locale.region, { style: "percent" }).format(Math.floor(permille / 10) / 100);
}

export function writeValue(value: number | null, unit: Unit, locale: BoardLocale): string {
  if (value === null) return "–";
  if (unit === "seconds") return locale.duration(value);
  return unit === "permille" ? writeShare(value, locale) : locale.number(value);
}

type KeyWith<Prefix extends string> = Extract<BoardKey, `${Prefix}_${string}`>;
type Plain = KeyWith<"number"> | KeyWith<"how"> | KeyWith<"part"> | KeyWith<"queue"> | KeyWith<"outcome">;

function word(key: string, locale: BoardLocale): string | null {
  return locale.has(key) ? locale.text(key as Exclude<Plain, "queue_waiting_one">) : null;
}

export function wordNumber(name: string, locale: BoardLocale): string {
  return word(`number_${name}`, locale) ?? name;
}

export function wordHow(name: string, locale: BoardLocale): string {
  return word(`how_${name}`, locale) ?? "";
}

/** A part of a formula is a number of the board, or has a name of its own. */
export function wordPart(name: string, locale: BoardLocale): string {
  return word(`part_${name}`, locale) ?? wordNumber(name, locale);
}

/** A queue that an operator has added is shown by its key. */
export function wordQueue(queue: string, locale: BoardLocale): string {
  return word(`queue_${queue}`, locale) ?? queue;
}

export function wordOutcome(outcome: string, locale: BoardLocale): string {
  return word(`outcome_${outcome}`, locale) ?? outcome;
}

export function wordTongue(language: Language, locale: BoardLocale): string {
  return locale.text(`language_${language}`);
}

export function unitOf(part: string): Unit {
  if (part.endsWith("_seconds") || part.startsWith("wait_p")) return "seconds";
  return part === "abandonment" || part === "occupancy" || part.startsWith("service_level") ? "permille" : "count";
}

export function clock(at: string, locale: BoardLocale): string {
  return locale.time(Date.parse(at));
}
