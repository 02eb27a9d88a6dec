/** Amounts as agents type them. Money is never guessed: what can be read in two ways is not read. */

const DIGITS = /^\d+$/;

/** Return minor units of "12,50", "12.50" or "1 250", null for what is no amount. A thousand's sign splits by three. */
export function readAmount(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f€]/g, "");
  const mark = Math.max(plain.lastIndexOf(","), plain.lastIndexOf("."));
  if (mark === -1) return DIGITS.test(plain) ? safe(`${plain}00`) : null;
  const cents = plain.slice(mark + 1);
  const whole = withoutThousands(plain.slice(0, mark), plain.charAt(mark) === "," ? "." : ",");
  if (whole === null || !/^\d{1,2}$/.test(cents)) return null;
  return safe(whole + cents.padEnd(2, "0"));
}

function withoutThousands(whole: string, sign: "." | ","): string | null {
  const groups = whole.split(sign);
  const areThousands = groups.length === 1 || groups.every((group, index) => group.length === 3 || (index === 0 && group.length < 3));
  return areThousands && groups.every((group) => DIGITS.test(group)) ? groups.join("") : null;
}

function safe(digits: string): number | null {
  const minor = Number(digits);
  return Number.isSafeInteger(minor) ? minor : null;
}
