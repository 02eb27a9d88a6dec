import { describe, expect, it } from "vitest";
import { type CodeEntry, completeCode, emptyCode, enterDigits, eraseDigit, secondsLeft } from "./code-entry.ts";

function typed(text: string): CodeEntry {
  return Array.from(text).reduce((entry, digit) => enterDigits(entry, entry.focus, digit), emptyCode(6));
}

describe("a code", () => {
  it.each(["482913", "482 913", "482-913", "Your code: 482 913.", " 4 8 2 9 1 3\n"])("is read from the pasted %j", (text) => {
    expect(completeCode(enterDigits(emptyCode(6), 0, text))).toBe("482913");
  });

  it("fills all boxes wherever it is pasted", () => {
    expect(completeCode(enterDigits(typed("12"), 4, "482913"))).toBe("482913");
  });

  it("moves on with each digit and is complete with the last", () => {
    expect(typed("482").focus).toBe(3);
    expect(completeCode(typed("48291"))).toBeNull();
    expect(completeCode(typed("482913"))).toBe("482913");
  });

  it("takes no letters", () => {
    expect(enterDigits(emptyCode(6), 0, "ab").digits).toEqual(["", "", "", "", "", ""]);
  });

  it("is erased backwards", () => {
    const entry = eraseDigit(typed("482"), 3);
    expect(entry.digits).toEqual(["4", "8", "", "", "", ""]);
    expect(entry.focus).toBe(2);
  });

  it("runs out, and not below zero", () => {
    expect(secondsLeft("2026-11-21T12:10:00Z", Date.parse("2026-11-21T12:00:00Z"))).toBe(600);
    expect(secondsLeft("2026-11-21T12:10:00Z", Date.parse("2026-11-21T13:00:00Z"))).toBe(0);
  });
});
