import { describe, expect, it } from "vitest";
import { makeCause, makeDifference } from "../testing/factories.ts";
import { toBar, toWaterfall } from "./waterfall.ts";

describe("toWaterfall", () => {
  it("leads from the last bill over the causes to this bill", () => {
    const { steps } = toWaterfall(makeDifference());
    expect(steps.map(({ fromMinor, toMinor }) => [fromMinor, toMinor])).toEqual([[0, 3075], [3075, 4075], [4075, 4320], [0, 4320]]);
  });

  it("adds up to the cent, also where the causes leave something open", () => {
    const { steps } = toWaterfall(makeDifference({ causes: [makeCause("discount_ended", 1000)] }));
    const causes = steps.filter(({ kind }) => kind === "cause");
    expect(causes.map(({ cause, amountMinor }) => [cause?.code, amountMinor])).toEqual([["discount_ended", 1000], ["other", 245]]);
    expect(3075 + causes.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(4320);
  });

  it("begins a first bill at nothing", () => {
    const card = makeDifference({ previous: null, causes: [makeCause("first_bill", 4320)], difference_minor: 4320 });
    expect(toWaterfall(card).steps.map(({ kind }) => kind)).toEqual(["cause", "current"]);
  });

  it("leaves out a cause without an effect", () => {
    const card = makeDifference({ causes: [makeCause("price_change", 0), makeCause("one_off", 1245)] });
    expect(toWaterfall(card).steps.map(({ cause }) => cause?.code)).toEqual([undefined, "one_off", undefined]);
  });
});

describe("toBar", () => {
  it("lets bars meet where one cause ends and the next begins", () => {
    const waterfall = toWaterfall(makeDifference());
    const bars = waterfall.steps.map((step) => toBar(step, waterfall));
    const [previous, first, second, current] = bars;
    expect(previous!.startPercent).toBe(0);
    expect(previous!.widthPercent).toBeCloseTo(first!.startPercent);
    expect(first!.startPercent + first!.widthPercent).toBeCloseTo(second!.startPercent);
    expect(current!.widthPercent).toBeCloseTo(100);
  });

  it("stays within its track when a credit leads below zero", () => {
    const card = makeDifference({
      current: { number: "2", period: "2026-10", total_minor: -500 },
      causes: [makeCause("duplicate_charge", -3575)],
    });
    const waterfall = toWaterfall(card);
    for (const step of waterfall.steps) {
      const { startPercent, widthPercent } = toBar(step, waterfall);
      expect(startPercent).toBeGreaterThanOrEqual(0);
      expect(startPercent + widthPercent).toBeLessThanOrEqual(100.001);
    }
  });

  it("draws a bill of nothing without dividing by zero", () => {
    const nothing = { number: "1", period: "2026-09", total_minor: 0 };
    const waterfall = toWaterfall(makeDifference({ previous: nothing, current: nothing, causes: [] }));
    expect(toBar(waterfall.steps[0]!, waterfall)).toEqual({ startPercent: 0, widthPercent: 0 });
  });
});
