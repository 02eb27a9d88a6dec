/** One bill: period, amount, due date, state in words. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BillCard } from "../api/protocol.ts";
import { wordDue } from "../i18n/invoices.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, cardStyles } from "./base.styles.ts";
import { renderInvoiceStatus } from "./invoice-status.ts";
import { statusStyles } from "./status.styles.ts";

/** @summary The facts of one bill. */
@customElement("saldo-bill-card")
export class SaldoBillCard extends LitElement {
  static override styles = [
    baseStyles,
    cardStyles,
    statusStyles,
    css`
      .row {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
        gap: var(--saldo-space-3);
      }
      .amount {
        margin: var(--saldo-space-1) 0;
        font-size: 26px;
        line-height: 32px;
        font-weight: 650;
        letter-spacing: -0.01em;
      }
    `,
  ];

  /** The facts; wording comes from the catalogue. */
  @property({ attribute: false }) card!: BillCard;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  /** What is left of a bill that was paid or credited in part. */
  private get left(): string | null {
    const { open_minor, total_minor, currency } = this.card;
    return open_minor && open_minor < total_minor ? this.locale.money(open_minor, currency) : null;
  }

  override render(): TemplateResult {
    const { card, locale } = this;
    const due = wordDue(card, locale);
    return html`<section class="card" data-testid="bill-card" aria-label=${locale.text("bill")}>
      <div class="row">
        <h3>${locale.text("bill")}, ${locale.period(card.period)}</h3>
        ${renderInvoiceStatus(card, locale, this.left)}
      </div>
      <p class="amount money">${locale.money(card.total_minor, card.currency)}</p>
      ${due === null ? nothing : html`<p class="small">${due}</p>`}
      <p class="small">${locale.text("bill_number", { number: card.number })}</p>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-bill-card": SaldoBillCard;
  }
}
