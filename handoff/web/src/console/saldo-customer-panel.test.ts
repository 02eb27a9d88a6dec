import { afterEach, expect, it } from "vitest";
import type { AuditFacts, CustomerOverview } from "../api/console.ts";
import type { Language } from "../api/protocol.ts";
import { wordDetector, wordVerdict } from "../i18n/audit-words.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import "./saldo-customer-panel.ts";

afterEach(() => {
  document.body.replaceChildren();
});

function makeAudit(changes: Partial<AuditFacts> = {}): AuditFacts {
  return { verdict: "our_mistake", owed_minor: 1499, currency: "EUR", detectors: ["A2", "A15"], ...changes };
}

function makeOverview(audit: AuditFacts | null): CustomerOverview {
  return {
    name: "Lena Hoffmann",
    number: "10000001",
    language: "de",
    country: "DE",
    plan: null,
    contract_since: null,
    balance: { amount_minor: 0, currency: "EUR", due_on: null, overdue: false },
    invoices: [],
    change: null,
    audit,
  };
}

async function show(audit: AuditFacts | null, language: Language = "en"): Promise<(string | undefined)[]> {
  const panel = document.createElement("saldo-customer-panel");
  panel.customer = makeOverview(audit);
  panel.locale = deskLocale(language);
  document.body.append(panel);
  await panel.updateComplete;
  return [...(panel.shadowRoot?.querySelectorAll("[data-testid=audit] > *") ?? [])].map((line) => line.textContent.trim());
}

it("says that it was our mistake, how much, and what it was", async () => {
  expect(await show(makeAudit())).toEqual([
    "Check of the bills",
    "Our mistake: €14.99 too much",
    "days charged twice, reminder fee too high",
  ]);
});

it("names no amount while none is certain", async () => {
  expect((await show(makeAudit({ owed_minor: 0, detectors: ["A18"] }), "de")).slice(1)).toEqual([
    "Unser Fehler, der Betrag ist noch offen",
    "Zahlung nicht zugeordnet",
  ]);
});

it("says in one line that everything is right", async () => {
  expect(await show(makeAudit({ verdict: "correct", owed_minor: 0, detectors: [] }), "fi")).toEqual([
    "Laskujen tarkistus",
    "Kaikki on oikein",
  ]);
});

it("says that an account could not be checked", async () => {
  expect((await show(null)).slice(1)).toEqual(["The account could not be checked."]);
});

it.each(["en", "de", "fi"] as const)("has words of its own in %s for every verdict and every detector", (language) => {
  const locale = deskLocale(language);
  const verdicts = ["our_mistake", "correct", "cheaper_plan_exists", "needs_person", "unheard_of"];
  const detectors = Array.from({ length: 24 }, (_, index) => `A${index + 1}`);
  expect(new Set(verdicts.map((verdict) => wordVerdict(makeAudit({ verdict }), locale))).size).toBe(verdicts.length);
  const labels = detectors.map((code) => wordDetector(code, locale));
  expect(new Set(labels).size).toBe(detectors.length);
  for (const [index, label] of labels.entries()) expect(label).not.toContain(detectors[index]);
  expect(wordDetector("A99", locale)).toContain("A99");
});
