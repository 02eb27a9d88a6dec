import { afterEach, expect, it } from "vitest";
import type { AuditFacts } from "../api/console.ts";
import type { Language } from "../api/protocol.ts";
import { wordDetector, wordVerdict } from "../i18n/audit-words.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { makeOverview } from "../testing/panel-factories.ts";
import "./saldo-panel-bill.ts";

afterEach(() => {
  document.body.replaceChildren();
});

function makeAudit(changes: Partial<AuditFacts> = {}): AuditFacts {
  return { verdict: "our_mistake", owed_minor: 1499, currency: "EUR", detectors: ["A2"], ...changes };
}

const TWICE = {
  detector: "A2",
  confidence: "certain",
  amount_minor: 1499,
  currency: "EUR",
  evidence: [
    { row: "line", invoice: "DE-2026-000007", position: 2, amount_minor: 1499 },
    { row: "contract", contract: "V-1" },
  ],
};

async function show(audit: AuditFacts | null, language: Language = "en", findings = [TWICE]): Promise<string[]> {
  const tab = document.createElement("saldo-panel-bill");
  tab.customer = makeOverview({ audit, findings: audit?.detectors.length ? findings : [] });
  tab.locale = deskLocale(language);
  document.body.append(tab);
  await tab.updateComplete;
  const lines = [...(tab.shadowRoot?.querySelectorAll("[data-testid=audit] :is(h3, h4, b, p)") ?? [])];
  return lines.map((line) => line.textContent.replace(/\s+/g, " ").trim());
}

it("says that it was our mistake, how much, what it was and where it stands", async () => {
  expect(await show(makeAudit())).toEqual([
    "Check of the bills",
    "Our mistake: €14.99 too much",
    "days charged twice",
    "€14.99",
    "certain · Where: DE-2026-000007, line 2: €14.99; Contract V-1",
  ]);
});

it("names no amount while none is certain", async () => {
  const unclear = { ...TWICE, detector: "A18", confidence: "ask", amount_minor: 0, evidence: [] };
  expect((await show(makeAudit({ owed_minor: 0, detectors: ["A18"] }), "de", [unclear])).slice(1)).toEqual([
    "Unser Fehler, der Betrag ist noch offen",
    "Zahlung nicht zugeordnet",
    "Sie entscheiden",
  ]);
});

it("says in one line that everything is right", async () => {
  expect(await show(makeAudit({ verdict: "correct", owed_minor: 0, detectors: [] }), "fi")).toEqual([
    "Laskujen tarkistus",
    "Kaikki on oikein",
  ]);
});

it("says that an account could not be checked", async () => {
  expect((await show(null)).slice(1)).toEqual(["The bills could not be checked."]);
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
