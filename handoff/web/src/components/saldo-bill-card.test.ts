import { afterEach, describe, expect, it } from "vitest";
import type { BillCard } from "../api/protocol.ts";
import { sharedLocale } from "../i18n/locale.ts";
import "./saldo-bill-card.ts";

const BILL: BillCard = {
  type: "bill",
  currency: "EUR",
  number: "DE-2026-000001",
  period: "2026-10",
  total_minor: 13_979,
  due_on: "2999-11-22",
  status: "open",
};

async function badge(card: BillCard): Promise<string> {
  const element = document.createElement("saldo-bill-card");
  element.card = card;
  element.locale = sharedLocale("en");
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot!.querySelector(".status")!.textContent.replace(/\s+/g, " ").trim();
}

describe("<saldo-bill-card>", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("names what a credit note left to pay", async () => {
    expect(await badge({ ...BILL, open_minor: 8989 })).toMatch(/: €89\.89$/);
  });

  it("repeats no amount where the whole bill is open, or nothing, or where nobody says", async () => {
    for (const card of [{ ...BILL, open_minor: 13_979 }, { ...BILL, open_minor: 0 }, BILL]) expect(await badge(card)).not.toContain("€");
  });
});
