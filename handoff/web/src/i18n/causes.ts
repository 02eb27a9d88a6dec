/** Words for the causes of a difference, from their facts. */
import type { Cause } from "../api/protocol.ts";
import type { SharedLocale, SharedTexts } from "./locale.ts";

export interface WordedCause {
  label: string;
  /** Short additions such as a name, a date, "every month". */
  details: string[];
}

/** A cause together with what its wording needs. */
interface Wording {
  cause: Cause;
  currency: string;
  locale: SharedLocale;
}

type Detail = (wording: Wording) => string | null;
type CauseKey = keyof SharedTexts & `cause_${string}`;

const name: Detail = ({ cause, locale }) => fact(cause, `name_${locale.language}`);

const plans: Detail = ({ cause, locale }) => {
  const from = fact(cause, `plan_from_${locale.language}`);
  const to = fact(cause, `plan_to_${locale.language}`);
  return from !== null && to !== null ? locale.text("detail_plans", { from, to }) : null;
};

const quantity: Detail = ({ cause, locale }) => {
  const unit = wordUnit(cause, locale);
  const amount = Number(fact(cause, "quantity") ?? NaN);
  return unit === null || Number.isNaN(amount)
    ? null
    : locale.text("detail_quantity", { quantity: locale.number(amount), unit });
};

const days: Detail = ({ cause, locale }) => {
  const billed = fact(cause, "days_now") ?? fact(cause, "days");
  const all = fact(cause, "days_in_period");
  return billed !== null && all !== null ? locale.text("detail_days", { days: billed, all }) : null;
};

const prices = amounts("price");
const monthly = amounts("monthly");

const included: Detail = ({ cause, locale }) => {
  const { included_before: before, included_now: now } = cause.facts;
  const unit = wordUnit(cause, locale);
  if (typeof before !== "number" || typeof now !== "number" || unit === null) return null;
  return locale.text("detail_plans", { from: locale.number(before), to: `${locale.number(now)} ${unit}` });
};

const unitPrices: Detail = ({ cause, currency, locale }) => {
  const { unit_price_before_micro: before, unit_price_now_micro: now } = cause.facts;
  const unit = wordUnit(cause, locale);
  if (typeof before !== "number" || typeof now !== "number" || unit === null) return null;
  const [from, to] = [locale.unitPrice(before, currency), locale.unitPrice(now, currency)];
  return locale.text("detail_unit_prices", { from, to, unit });
};

const bill: Detail = ({ cause, locale }) => {
  const number = fact(cause, "invoice_number");
  return number === null ? null : locale.text("bill_number", { number });
};

const recurrence: Detail = ({ cause, locale }) => locale.text(cause.recurring ? "every_month" : "one_off");

function amounts(what: "price" | "monthly"): Detail {
  return ({ cause, currency, locale }) => {
    const { [`${what}_before_minor`]: before, [`${what}_now_minor`]: now } = cause.facts;
    if (typeof before !== "number" || typeof now !== "number") return null;
    return locale.text("detail_plans", { from: locale.money(before, currency), to: locale.money(now, currency) });
  };
}

function dated(factName: string, key: "detail_from" | "detail_until" | "detail_on"): Detail {
  return ({ cause, locale }) => {
    const date = fact(cause, factName);
    return date === null ? null : locale.text(key, { date: locale.shortDate(date) });
  };
}

/** What is worth adding to each cause, in this order. */
const DETAILS: Record<string, readonly Detail[]> = {
  discount_ended: [name, dated("ended_on", "detail_until"), recurrence],
  discount_started: [name, dated("started_on", "detail_from"), recurrence],
  extra_usage: [quantity, recurrence],
  less_usage: [quantity, recurrence],
  plan_change: [plans, dated("changed_on", "detail_from"), recurrence],
  proration: [days, recurrence],
  one_off: [name, dated("charged_on", "detail_on"), recurrence],
  one_off_gone: [name],
  duplicate_charge: [name, dated("charged_on", "detail_on"), recurrence],
  late_fee: [bill, recurrence],
  late_fee_gone: [bill],
  first_bill: [name, dated("started_on", "detail_from"), days],
  price_change: [prices, unitPrices, dated("changed_on", "detail_from"), recurrence],
  discount_changed: [name, monthly, dated("changed_on", "detail_from"), recurrence],
  allowance_change: [name, included, recurrence],
  world_usage: [quantity, recurrence],
  less_world_usage: [quantity, recurrence],
  late_usage: [name, quantity, recurrence],
  late_usage_gone: [name],
  third_party: [name, dated("charged_on", "detail_on"), recurrence],
  third_party_gone: [name],
  termination_fee: [name, dated("charged_on", "detail_on"), recurrence],
  termination_fee_gone: [name],
  compensation: [dated("started_on", "detail_from"), recurrence],
  compensation_gone: [],
  credit: [name, dated("charged_on", "detail_on"), recurrence],
  credit_gone: [name],
  late_interest: [bill, recurrence],
  late_interest_gone: [bill],
  tax: [recurrence],
  tax_change: [dated("changed_on", "detail_from"), recurrence],
};

function fact(cause: Cause, key: string): string | null {
  const value = cause.facts[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

function wordUnit(cause: Cause, locale: SharedLocale): string | null {
  const unit = fact(cause, "unit");
  return unit === "GB" || unit === "kWh" ? locale.text(`unit_${unit}`) : unit;
}

function labelKey(code: string, locale: SharedLocale): CauseKey {
  const key = `cause_${code}`;
  return locale.has(key) ? (key as CauseKey) : "cause_other";
}

export function wordCause(cause: Cause, currency: string, locale: SharedLocale): WordedCause {
  const wording = { cause, currency, locale };
  const details = (DETAILS[cause.code] ?? [recurrence]).map((detail) => detail(wording));
  return { label: locale.text(labelKey(cause.code, locale)), details: details.filter((detail) => detail !== null) };
}
