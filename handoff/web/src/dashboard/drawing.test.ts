import { describe, expect, it } from "vitest";
import { busyRange, curve, roundUp, sparkline, stairs } from "./drawing.ts";

describe("a sparkline", () => {
  it("runs from the lowest at the bottom to the highest at the top", () => {
    expect(sparkline([0, 5, 10], { width: 100, height: 20 })).toBe("M0 20L50 10L100 0");
  });

  it("lies in the middle when nothing changes", () => {
    expect(sparkline([3, 3], { width: 100, height: 20 })).toBe("M0 10L100 10");
  });

  it("is broken where a value is missing, and empty where none is known", () => {
    expect(sparkline([0, null, 10, 10], { width: 90, height: 20 })).toBe("M0 20M60 0L90 0");
    expect(sparkline([null, null], { width: 90, height: 20 })).toBe("");
  });
});

describe("the chart", () => {
  it("holds each value of a stair for one step", () => {
    expect(stairs([1, 2, null, 1], 10, (value) => 50 - value * 10)).toBe("M0 40L10 40L10 30L20 30M30 40L40 40");
  });

  it("draws a curve through the middle of the steps", () => {
    expect(curve([1, 2], 10, (value) => value)).toBe("M5 1L15 2");
  });

  it.each([
    [0, 4],
    [4, 4],
    [5, 5],
    [9, 10],
    [11, 20],
    [37, 40],
    [41, 50],
    [101, 200],
  ])("ends a scale for %d at %d", (highest, end) => {
    expect(roundUp(highest)).toBe(end);
  });

  it("shows the busy part of the day with one step before and after", () => {
    const day = Array.from({ length: 48 }, (_, index) => index >= 16 && index < 36);
    expect(busyRange(day, 16)).toEqual([15, 37]);
  });

  it("shows enough of a day on which little happened, and all of one without anything", () => {
    const day = Array.from({ length: 48 }, (_, index) => index === 46);
    expect(busyRange(day, 16)).toEqual([32, 48]);
    expect(busyRange([false, false], 16)).toEqual([0, 2]);
  });
});
