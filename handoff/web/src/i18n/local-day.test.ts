import { expect, it, vi } from "vitest";
import { deskLocale } from "./desk-locale.ts";
import { wordDayOf } from "./local-day.ts";

it("says the day that it was for the reader, soon after midnight too", () => {
  vi.spyOn(Date.prototype, "getTimezoneOffset").mockReturnValue(-120);
  expect(wordDayOf("2026-11-21T22:30:00Z", deskLocale("de"))).toBe("22.11.2026");
  expect(wordDayOf("2026-11-21", deskLocale("de"))).toBe("21.11.2026");
});
