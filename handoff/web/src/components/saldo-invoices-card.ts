/** The latest bills as a table. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { InvoiceFacts, InvoicesCard } from "../api/protocol.ts";
import { wordDue } from "../i18n/invoices.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, cardStyles } from "./base.styles.ts";
import { renderInvoiceStatus } from "./invoice-status.ts";
import { statusStyles } from "./status.styles.ts";

/** @summary Period, state and amount of several bills. */
@customElement("saldo-invoices-card")
export class SaldoInvoicesCard extends LitElement {
  static override styles = [
    baseStyles,
    cardStyles,
    statusStyles,
    css`
      caption {
        padding-bottom: var(--saldo-space-2);
        text-align: start;
      }
      .card tbody > tr > * {
        padding: 8px 0;
        border-top: 1px solid var(--saldo-line);
        font-size: 14px;
        line-height: 20px;
      }
      .card tbody > tr > .status-cell {
        padding-inline: var(--saldo-space-3);
      }
      .card th > span {
        display: block;
      }
    `,
  ];

  /** The facts; wording comes from the catalogue. */
  @property({ attribute: false }) card!: InvoicesCard;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  private renderRow(item: InvoiceFacts): TemplateResult {
    return html`<tr>
      <th scope="row">
        <span>${this.locale.period(item.period)}</span><span class="small">${wordDue(item, this.locale)}</span>
      </th>
      <td class="status-cell">${renderInvoiceStatus(item, this.locale)}</td>
      <td class="money">${this.locale.money(item.total_minor, this.card.currency)}</td>
    </tr>`;
  }

  override render(): TemplateResult {
    return html`<div class="card" data-testid="invoices-card">
      <table>
        <caption><h3>${this.locale.text("invoices")}</h3></caption>
        <thead class="hidden">
          <tr>
            <th scope="col">${this.locale.text("column_period")}</th>
            <th scope="col">${this.locale.text("column_status")}</th>
            <th scope="col">${this.locale.text("column_amount")}</th>
          </tr>
        </thead>
        <tbody>${this.card.items.map((item) => this.renderRow(item))}</tbody>
      </table>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-invoices-card": SaldoInvoicesCard;
  }
}
