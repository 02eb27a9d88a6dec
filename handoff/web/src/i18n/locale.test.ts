import { describe, expect, it } from "vitest";
import { makeCause } from "../testing/factories.ts";
import { wordCause } from "./causes.ts";
import { shownStatus, wordDue } from "./invoices.ts";
import { pickLanguage, sharedLocale } from "./locale.ts";

/** Intl separates with several kinds of space; to a reader they are one. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

describe("a locale", () => {
  it.each([
    ["en", "€43.20", "+€10.00", "−€2.45"],
    ["de", "43,20 €", "+10,00 €", "−2,45 €"],
    ["fi", "43,20 €", "+10,00 €", "−2,45 €"],
  ] as const)("writes amounts as readers of %s do", (language, amount, more, less) => {
    const locale = sharedLocale(language);
    expect(plain(locale.money(4320, "EUR"))).toBe(amount);
    expect(plain(locale.signedMoney(1000, "EUR"))).toBe(more);
    expect(plain(locale.signedMoney(-245, "EUR"))).toBe(less);
  });

  it("writes no sign before nothing", () => {
    expect(sharedLocale("en").signedMoney(0, "EUR")).toBe("€0.00");
  });

  it.each([
    ["en", "30 September 2026", "September 2026"],
    ["de", "30. September 2026", "September 2026"],
    ["fi", "30. syyskuuta 2026", "syyskuu 2026"],
  ] as const)("writes days and months as readers of %s do", (language, date, period) => {
    expect(sharedLocale(language).date("2026-09-30")).toBe(date);
    expect(sharedLocale(language).period("2026-09")).toBe(period);
  });

  it("counts one and several", () => {
    expect(sharedLocale("fi").count("launcher_unread", 1)).toBe("1 uusi viesti");
    expect(sharedLocale("fi").count("launcher_unread", 2)).toBe("2 uutta viestiä");
  });

  it("writes a waiting time with units", () => {
    expect(plain(sharedLocale("en").wait(74))).toBe("1 min 14 secs");
    expect(plain(sharedLocale("de").wait(9))).toBe("9 Sek.");
  });

  it.each([
    [59, "0:59", "59 secs"],
    [3599, "59:59", "59 mins 59 secs"],
    [3600, "1:00:00", "1 hr"],
    [50_583, "14:03:03", "14 hrs 3 mins"],
    [90_061, "1 day 1:01:01", "1 day 1 hr"],
  ])("writes %d seconds so that nobody has to divide", (seconds, clock, wait) => {
    expect(plain(sharedLocale("en").duration(seconds))).toBe(clock);
    expect(plain(sharedLocale("en").wait(seconds))).toBe(wait);
  });

  it.each([
    ["en", "Monday, 23 November"],
    ["de", "Montag, 23. November"],
    ["fi", "maanantaina 23. marraskuuta"],
  ] as const)("says in %s on which day we open", (language, day) => {
    const locale = sharedLocale(language);
    expect(locale.onDay(Date.parse("2026-11-23T10:00:00Z")).replace("Monday ", "Monday, ")).toBe(day);
  });

  it("takes the first language that it knows", () => {
    expect(pickLanguage(null, "", "sv-FI", "fi-FI", "en")).toBe("fi");
    expect(pickLanguage("de-AT")).toBe("de");
    expect(pickLanguage("sv")).toBe("en");
  });
});

describe("wordCause", () => {
  const word = (cause: Parameters<typeof wordCause>[0], language: "en" | "de" | "fi"): string => {
    const { label, details } = wordCause(cause, "EUR", sharedLocale(language));
    return plain([label, ...details].join(" | "));
  };

  it("names the discount, its last day and that it counts every month", () => {
    const facts = { name_en: "Welcome discount", name_de: "Willkommensrabatt", name_fi: "Etu", ended_on: "2026-09-30" };
    const cause = makeCause("discount_ended", 1000, { recurring: true, facts });
    expect(word(cause, "en")).toBe("Discount ended | Welcome discount | until 30 Sept 2026 | every month");
    expect(word(cause, "de")).toBe("Rabatt beendet | Willkommensrabatt | bis 30.9.2026 | jeden Monat");
  });

  it("writes quantities in the reader's units", () => {
    const cause = makeCause("extra_usage", 245, { facts: { quantity: 1200, unit: "GB" } });
    expect(word(cause, "fi")).toBe("Enemmän käyttöä | 1 200 Gt | kertaluonteinen");
  });

  it("writes a price of one unit exactly", () => {
    const facts = { unit: "kWh", unit_price_before_micro: 301500, unit_price_now_micro: 320000, changed_on: "2026-10-01" };
    const cause = makeCause("price_change", 300, { recurring: true, facts });
    expect(word(cause, "en")).toBe("New price | €0.3015 → €0.32 per kWh | from 1 Oct 2026 | every month");
  });

  it("words a cause that it does not know without a fault", () => {
    expect(word(makeCause("moon_phase", 1), "en")).toBe("Other changes | one-off");
  });
});

describe("the state of an invoice", () => {
  const invoice = { number: "1", period: "2026-10", total_minor: 1, due_on: "2026-11-20", status: "open" };

  it("is overdue from the day after it was due", () => {
    expect(shownStatus(invoice, new Date("2026-11-20T10:00:00Z"))).toBe("open");
    expect(shownStatus(invoice, new Date("2026-11-21T10:00:00Z"))).toBe("overdue");
    expect(shownStatus({ ...invoice, status: "paid" }, new Date("2026-11-21T10:00:00Z"))).toBe("paid");
  });

  it("is credited, and late no more, once it was taken back", () => {
    const credited = { ...invoice, status: "credited" };
    expect(shownStatus(credited, new Date("2026-11-21T10:00:00Z"))).toBe("credited");
    expect(wordDue(credited, sharedLocale("en"))).toBeNull();
    expect(sharedLocale("de").text("status_credited")).toBe("Gutgeschrieben");
  });

  it("names no due date once it is paid", () => {
    expect(wordDue(invoice, sharedLocale("en"))).toBe("Due on 20 November 2026");
    expect(wordDue({ ...invoice, status: "paid" }, sharedLocale("en"))).toBeNull();
  });
});
