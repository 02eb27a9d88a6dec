/** A one-time code spread over boxes, however it arrives: typed, pasted or filled in by the browser. Pure. */

export interface CodeEntry {
  digits: readonly string[];
  /** The box that takes the next digit. */
  focus: number;
}

export function emptyCode(length: number): CodeEntry {
  return { digits: Array.from({ length }, () => ""), focus: 0 };
}

/** Put the digits of `text` into the boxes from `at` on; spaces, dashes and anything else are ignored. */
export function enterDigits(entry: CodeEntry, at: number, text: string): CodeEntry {
  const entered = text.replace(/\D/g, "");
  const length = entry.digits.length;
  // A whole code fills the boxes from the first on, wherever it was pasted.
  const start = entered.length >= length ? 0 : at;
  const digits = entry.digits.map((digit, index) => entered[index - start] ?? digit);
  return { digits, focus: Math.min(start + entered.length, length - 1) };
}

/** Empty the box, or the one before it when it is empty already. */
export function eraseDigit(entry: CodeEntry, at: number): CodeEntry {
  const target = entry.digits[at] === "" ? Math.max(0, at - 1) : at;
  return { digits: entry.digits.map((digit, index) => (index === target ? "" : digit)), focus: target };
}

/** Return the code once every box is filled. */
export function completeCode(entry: CodeEntry): string | null {
  return entry.digits.every((digit) => digit !== "") ? entry.digits.join("") : null;
}

export function secondsLeft(expiresAt: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));
}
