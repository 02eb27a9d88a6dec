import { describe, expect, it } from "vitest";
import { retryDelay } from "./backoff.ts";

describe("retryDelay", () => {
  it("retries for the first time within one second", () => {
    expect(retryDelay(0, () => 1)).toBeLessThanOrEqual(1000);
  });

  it("doubles until half a minute and stays there, however often it failed", () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 10_000].map((attempt) => retryDelay(attempt, () => 1));
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("spreads the tries of many clients over half of the time", () => {
    expect(retryDelay(3, () => 0)).toBe(4000);
    expect(retryDelay(3, () => 0.5)).toBe(6000);
  });
});
