/** Which element draws which card. */
import { html, nothing, type TemplateResult } from "lit";
import type { Card } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import "./saldo-bill-card.ts";
import "./saldo-code-card.ts";
import "./saldo-difference-card.ts";
import "./saldo-file-card.ts";
import "./saldo-invoices-card.ts";

/** A code is the customer's own affair: the agent sees no boxes. A card of an unknown type is left to the text. */
export function renderCard(
  card: Card,
  locale: SharedLocale,
  reader: "customer" | "agent",
  isUsed: boolean,
): TemplateResult | typeof nothing {
  switch (card.type) {
    case "difference":
      return html`<saldo-difference-card .card=${card} .locale=${locale}></saldo-difference-card>`;
    case "bill":
      return html`<saldo-bill-card .card=${card} .locale=${locale}></saldo-bill-card>`;
    case "invoices":
      return html`<saldo-invoices-card .card=${card} .locale=${locale}></saldo-invoices-card>`;
    case "code":
      if (reader === "agent") return nothing;
      return html`<saldo-code-card .card=${card} .locale=${locale} ?used=${isUsed}></saldo-code-card>`;
    case "file":
      return html`<saldo-file-card .card=${card} .locale=${locale} .reader=${reader}></saldo-file-card>`;
    default:
      return nothing;
  }
}
