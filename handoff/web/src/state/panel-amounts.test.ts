import { expect, it } from "vitest";
import { readAmount } from "./panel-amounts.ts";

it.each([
  ["12", 1200],
  ["12,5", 1250],
  ["12.50", 1250],
  [" 7,05 € ", 705],
  ["1 250,00", 125_000],
  ["1.250,00", 125_000],
  ["1,250.00", 125_000],
  ["0,01", 1],
])("reads %s", (text, minor) => {
  expect(readAmount(text)).toBe(minor);
});

it.each(["", "abc", "-5", "1.250", "1,250", "12,", "12,505", "1.25.00", "12,34,56", ",50", "1e3", "99999999999999999"])(
  "does not guess what %j means",
  (text) => {
    expect(readAmount(text)).toBeNull();
  },
);
