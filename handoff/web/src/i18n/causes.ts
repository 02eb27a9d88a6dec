/** Words for the causes of a difference, from their facts. */
import type { Cause } from "../api/protocol.ts";
import type { SharedLocale, SharedTexts } from "./locale.ts";

export interface WordedCause {
  label: string;
  /** Short additions such as "since 1 October 2026", "every month". */
  details: string[];
}

function factText(cause: Cause, ...names: string[]): string | null {
  for (const name of names) {
    const value = cause.facts[name];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
  }
  return null;
}

function causeKey(code: string): keyof SharedTexts & `cause_${string}` {
  return `cause_${code}` as keyof SharedTexts & `cause_${string}`;
}

function causeName(cause: Cause, locale: SharedLocale): string {
  const known = locale.has(causeKey(cause.code)) ? causeKey(cause.code) : "cause_other";
  return locale.text(known);
}

function wordQuantity(cause: Cause, locale: SharedLocale): string | null {
  const { quantity, unit } = cause.facts;
  if (quantity == null || typeof unit !== "string") return null;
  return locale.text("detail_quantity", { quantity: locale.number(Number(quantity)), unit });
}

function wordPlans(cause: Cause, locale: SharedLocale): string | null {
  const from = factText(cause, `plan_from_${locale.language}`, "plan_from");
  const to = factText(cause, `plan_to_${locale.language}`, "plan_to");
  return from !== null && to !== null ? locale.text("detail_plans", { from, to }) : null;
}

function wordDate(cause: Cause, locale: SharedLocale): string | null {
  const changedOn = factText(cause, "changed_on", "started_on");
  if (changedOn !== null) return locale.text("detail_from", { date: locale.shortDate(changedOn) });
  const endedOn = factText(cause, "ended_on");
  return endedOn !== null ? locale.text("detail_until", { date: locale.shortDate(endedOn) }) : null;
}

export function wordCause(cause: Cause, locale: SharedLocale): WordedCause {
  const details = [
    factText(cause, `name_${locale.language}`, "name"),
    wordPlans(cause, locale),
    wordQuantity(cause, locale),
    wordDate(cause, locale),
    locale.text(cause.recurring ? "every_month" : "one_off"),
  ];
  return { label: causeName(cause, locale), details: details.filter((detail) => detail !== null) };
}
