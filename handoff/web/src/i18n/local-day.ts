/** The day of an instant where the reader is. */
import type { DeskLocale } from "./desk-locale.ts";

/** Return the day as it is written in data: 2026-11-30. */
export function localDay(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Word the day of an instant; a day without a time belongs to no time zone, and stays. */
export function wordDayOf(at: string, locale: DeskLocale): string {
  return locale.shortDate(at.includes("T") ? localDay(new Date(at)) : at);
}
