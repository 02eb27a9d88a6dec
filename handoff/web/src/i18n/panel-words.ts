/** Words for codes of the customer panel; an unknown code is shown in a general word. */
import type { DoneAction, PriceFacts } from "../api/actions.ts";
import type { DeskLocale } from "./desk-locale.ts";
import type { panel } from "./panel/en.ts";

type PanelKey = keyof typeof panel;
type PlainPrefix = "credit" | "dispute" | "finding";

const DISPUTE_STATES = ["open", "under_review", "upheld", "partly_upheld", "rejected", "withdrawn"] as const;
const CREDIT_REASONS = ["correction", "cancellation", "plan_change", "dispute", "compensation", "goodwill"] as const;
const CONFIDENCES = ["certain", "likely", "ask"] as const;

export function wordDispute(status: string, locale: DeskLocale): string {
  return wordAmong("dispute", DISPUTE_STATES, status, locale) ?? status;
}

export function wordCredit(reason: string, locale: DeskLocale): string {
  return wordAmong("credit", CREDIT_REASONS, reason, locale) ?? locale.text("credit_other");
}

/** How sure a finding is. */
export function wordConfidence(confidence: string, locale: DeskLocale): string {
  return wordAmong("finding", CONFIDENCES, confidence, locale) ?? confidence;
}

function wordAmong(prefix: PlainPrefix, known: readonly string[], code: string, locale: DeskLocale): string | null {
  // The lists above name texts without placeholders.
  return known.includes(code) ? locale.text(`${prefix}_${code}` as PanelKey & "credit_other") : null;
}

/** Who decided and why, or that nobody has yet; null where nobody had to. */
export function wordDecision(done: DoneAction, locale: DeskLocale): string | null {
  if (done.state === "waiting") return locale.text("result_waiting");
  const ending = wordEnding(done, locale);
  return ending && [ending, done.reason].filter((part) => part != null).join(" ");
}

function wordEnding({ state, decided_by: name }: DoneAction, locale: DeskLocale): string | null {
  if (state === "failed") return locale.text("result_failed");
  if (name === null) return null;
  return locale.text(state === "refused" ? "result_refused" : "result_approved", { name });
}

export function wordUnit(unit: string, locale: DeskLocale): string {
  return unit === "GB" || unit === "kWh" ? locale.text(`unit_${unit}`) : unit;
}

/** What each unit beyond the included ones costs; null for a flat plan. */
export function wordUnitPrice(price: PriceFacts, currency: string, locale: DeskLocale): string | null {
  if (price.unit === null) return null;
  const amount = locale.unitPrice(price.unit_price_micro, currency);
  return locale.text("contract_unit", { amount, unit: wordUnit(price.unit, locale) });
}

type EvidenceRow = Record<string, unknown>;

/** Name where something was found: lines of bills and contracts, each once. */
export function wordEvidence(rows: readonly EvidenceRow[], currency: string, locale: DeskLocale): string[] {
  const words = rows.map((row) => wordRow(row, currency, locale)).filter((word) => word !== null);
  return [...new Set(words)];
}

function wordRow(row: EvidenceRow, currency: string, locale: DeskLocale): string | null {
  const { invoice, position, contract, amount_minor: minor } = row;
  if (typeof invoice === "string" && typeof position === "number" && typeof minor === "number")
    return locale.text("finding_bill_line", { bill: invoice, line: position, amount: locale.money(minor, currency) });
  if (typeof invoice === "string") return locale.text("finding_bill", { bill: invoice });
  return typeof contract === "string" ? locale.text("finding_contract", { number: contract }) : null;
}

/** Return the day before: what ends before a day holds on this one for the last time. */
export function lastDay(end: string): string {
  const day = new Date(`${end}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}
