/** From a difference card to bars: where each begins and ends, so that they lead from the last bill to this one. Pure. */
import type { Cause, DifferenceCard } from "../api/protocol.ts";

export interface WaterfallStep {
  kind: "previous" | "cause" | "current";
  /** The total, or the signed effect of a cause. */
  amountMinor: number;
  /** The bar, in minor units on one axis for all steps. */
  fromMinor: number;
  toMinor: number;
  cause: Cause | null;
}

export interface Waterfall {
  steps: WaterfallStep[];
  minMinor: number;
  maxMinor: number;
}

function total(kind: "previous" | "current", amountMinor: number): WaterfallStep {
  return { kind, amountMinor, fromMinor: 0, toMinor: amountMinor, cause: null };
}

/** The causes, and whatever they leave unexplained, so that what is shown always adds up. */
function completeCauses(card: DifferenceCard): Cause[] {
  const before = card.previous?.total_minor ?? 0;
  const explained = card.causes.reduce((sum, cause) => sum + cause.amount_minor, 0);
  const rest = card.current.total_minor - before - explained;
  const shown = card.causes.filter((cause) => cause.amount_minor !== 0);
  return rest === 0 ? shown : [...shown, { code: "other", amount_minor: rest, recurring: false, facts: {} }];
}

export function toWaterfall(card: DifferenceCard): Waterfall {
  let running = card.previous?.total_minor ?? 0;
  const causes = completeCauses(card).map((cause): WaterfallStep => {
    const fromMinor = running;
    running += cause.amount_minor;
    return { kind: "cause", amountMinor: cause.amount_minor, fromMinor, toMinor: running, cause };
  });
  const previous = card.previous ? [total("previous", card.previous.total_minor)] : [];
  const steps = [...previous, ...causes, total("current", card.current.total_minor)];
  const edges = steps.flatMap((step) => [step.fromMinor, step.toMinor]);
  return { steps, minMinor: Math.min(0, ...edges), maxMinor: Math.max(0, ...edges) };
}

export interface Bar {
  startPercent: number;
  widthPercent: number;
}

export function toBar(step: WaterfallStep, { minMinor, maxMinor }: Waterfall): Bar {
  const span = maxMinor - minMinor || 1;
  const low = Math.min(step.fromMinor, step.toMinor);
  return {
    startPercent: ((low - minMinor) / span) * 100,
    widthPercent: (Math.abs(step.toMinor - step.fromMinor) / span) * 100,
  };
}
