/** Words for how far an agent may go, and for what is still wrong with what they typed. */
import type { ActionOffer, ActionOption } from "../api/actions.ts";
import type { DraftProblem } from "../state/panel-drafts.ts";
import type { DeskLocale } from "./desk-locale.ts";

/** Return what the agent may give alone, and what with approval; null where no amount is theirs to give. */
export function wordLimit(offer: ActionOffer, locale: DeskLocale): string | null {
  const { own_limit_minor: own, approval_limit_minor: most, currency } = offer;
  if (own === null || currency === null) return null;
  const alone = own > 0 ? locale.text("limit_own", { amount: locale.money(own, currency) }) : locale.text("limit_own_none");
  if (most === null || most <= own) return alone;
  return `${alone} ${locale.text("limit_approval", { amount: locale.money(most, currency) })}`;
}

/** Return the bounds of a free amount. */
export function wordBounds(option: ActionOption, currency: string, locale: DeskLocale): string | null {
  const { minimum_minor: least, maximum_minor: most } = option;
  if (most === null) return null;
  if (least === null || least <= 1) return locale.text("field_at_most", { most: locale.money(most, currency) });
  return locale.text("field_between", { least: locale.money(least, currency), most: locale.money(most, currency) });
}

export function wordProblem(problem: DraftProblem, option: ActionOption | null, currency: string, locale: DeskLocale): string {
  if (problem === "amount") {
    const example = new Intl.NumberFormat(locale.region, { minimumFractionDigits: 2 }).format(12.5);
    return locale.text("problem_amount", { example });
  }
  if (problem === "amount_low") return locale.text("problem_amount_low", { amount: locale.money(option?.minimum_minor ?? 0, currency) });
  if (problem === "amount_high") return locale.text("problem_amount_high", { amount: locale.money(option?.maximum_minor ?? 0, currency) });
  if (problem === "day") return locale.text("problem_day", { date: locale.shortDate(option?.latest_day ?? "") });
  return locale.text(problem === "option" ? "problem_option" : "problem_note");
}
