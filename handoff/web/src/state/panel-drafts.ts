/** What an agent has typed for an action, and what is still wrong with it. Pure. */
import type { ActionKind, ActionOffer, ActionOption, ActionWish } from "../api/actions.ts";
import { readAmount } from "./panel-amounts.ts";

export interface ActionDraft {
  kind: ActionKind;
  option: string | null;
  /** As it was typed. */
  amount: string;
  day: string;
  note: string;
}

export type DraftProblem = "option" | "amount" | "amount_low" | "amount_high" | "day" | "note";

export function emptyDraft(kind: ActionKind): ActionDraft {
  return { kind, option: null, amount: "", day: "", note: "" };
}

export function findOption(offer: ActionOffer, draft: ActionDraft): ActionOption | null {
  return offer.options.find(({ id }) => id === draft.option) ?? null;
}

/** Whether the amount is the agent's to say; otherwise it follows from what was chosen. */
export function hasFreeAmount(option: ActionOption): boolean {
  const { minimum_minor: least, maximum_minor: most } = option;
  return (least !== null || most !== null) && least !== most;
}

/** Return the first thing that is missing or wrong, null when the server can be asked. */
export function findProblem(offer: ActionOffer, draft: ActionDraft, today: string): DraftProblem | null {
  const option = findOption(offer, draft);
  if (!option) return "option";
  return amountProblem(option, draft) ?? dayProblem(option, draft, today) ?? (draft.note.trim() === "" ? "note" : null);
}

function amountProblem(option: ActionOption, draft: ActionDraft): DraftProblem | null {
  if (!hasFreeAmount(option)) return null;
  const minor = readAmount(draft.amount);
  if (minor === null || minor === 0) return "amount";
  if (option.minimum_minor !== null && minor < option.minimum_minor) return "amount_low";
  return option.maximum_minor !== null && minor > option.maximum_minor ? "amount_high" : null;
}

/** No day: as late as possible. Days are compared as they are written, 2026-11-30. */
function dayProblem(option: ActionOption, draft: ActionDraft, today: string): DraftProblem | null {
  if (option.latest_day == null || draft.day === "") return null;
  return draft.day <= today || draft.day > option.latest_day ? "day" : null;
}

/** Return the amount that the agent wants or that the option is worth; null while it is not known. */
export function wishedMinor(offer: ActionOffer, draft: ActionDraft): number | null {
  const option = findOption(offer, draft);
  if (!option) return null;
  return hasFreeAmount(option) ? readAmount(draft.amount) : option.amount_minor;
}

/** Whether a supervisor has to agree, as far as the limit tells; the preview has the last word. */
export function isAboveLimit(offer: ActionOffer, draft: ActionDraft): boolean {
  const minor = wishedMinor(offer, draft);
  return offer.own_limit_minor !== null && minor !== null && minor > offer.own_limit_minor;
}

export function toWish(option: ActionOption, draft: ActionDraft): ActionWish {
  const minor = hasFreeAmount(option) ? readAmount(draft.amount) : null;
  return {
    option: option.id,
    ...(minor === null ? {} : { amount_minor: minor }),
    ...(option.latest_day != null && draft.day !== "" ? { day: draft.day } : {}),
    note: draft.note.trim(),
  };
}
