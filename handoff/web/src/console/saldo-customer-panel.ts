/** Who the customer is, and how the account stands. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CustomerOverview } from "../api/console.ts";
import type { InvoiceFacts } from "../api/protocol.ts";
import { baseStyles } from "../components/base.styles.ts";
import { renderInvoiceStatus } from "../components/invoice-status.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordDetector, wordVerdict } from "../i18n/audit-words.ts";
import { wordCountry, wordLanguage } from "../i18n/desk-words.ts";
import "../components/saldo-difference-card.ts";
import { panelColumnStyles } from "./customer-panel.styles.ts";

/** @summary Name, number, verification, plan, balance, the last bills and why the newest differs. */
@customElement("saldo-customer-panel")
export class SaldoCustomerPanel extends LitElement {
  static override styles = [baseStyles, statusStyles, panelColumnStyles];

  /** What the server tells of the customer; null while nobody is verified. */
  @property({ attribute: false }) customer: CustomerOverview | null = null;
  /** Whether a verification is in force now. */
  @property({ type: Boolean }) verified = false;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private renderBadge(): TemplateResult {
    const key = this.verified ? "verified" : "unverified";
    return html`<p class="badge">
      <span class="status status-${key}" data-testid="verified">${this.locale.text(key)}</span>
      <span class="note">${this.locale.text(`${key}_long`)}</span>
    </p>`;
  }

  private renderBalance({ balance }: CustomerOverview): TemplateResult {
    const { locale } = this;
    if (balance.amount_minor === 0) return html`<p class="amount none">${locale.text("balance_none")}</p>`;
    const due = balance.due_on;
    const key = balance.overdue ? "overdue_since" : "due_on";
    return html`<p class="amount money">${locale.money(balance.amount_minor, balance.currency)}</p>
      ${due === null
        ? nothing
        : html`<p class=${balance.overdue ? "late" : "note"}>${locale.text(key, { date: locale.date(due) })}</p>`}`;
  }

  private renderFacts(customer: CustomerOverview): TemplateResult {
    const { locale } = this;
    const since = customer.contract_since;
    return html`<dl>
      <dt>${locale.text("customer_number")}</dt>
      <dd class="money">${customer.number}</dd>
      <dt>${locale.text("plan")}</dt>
      <dd>${customer.plan ?? locale.text("plan_none")}</dd>
      ${since === null ? nothing : html`<dt>${locale.text("contract_since")}</dt><dd>${locale.date(since)}</dd>`}
      <dt>${locale.text("language")}</dt>
      <dd>${wordLanguage(customer.language, locale)}</dd>
      <dt>${locale.text("country")}</dt>
      <dd>${wordCountry(customer.country, locale)}</dd>
    </dl>`;
  }

  private renderBill(bill: InvoiceFacts, currency: string): TemplateResult {
    return html`<tr>
      <th scope="row"><span>${this.locale.period(bill.period)}</span><span class="note">${bill.number}</span></th>
      <td>${renderInvoiceStatus(bill, this.locale)}</td>
      <td class="money">${this.locale.money(bill.total_minor, currency)}</td>
    </tr>`;
  }

  private renderBills(customer: CustomerOverview): TemplateResult {
    const { locale } = this;
    return html`<table>
      <caption><h3>${locale.text("last_bills")}</h3></caption>
      <thead class="hidden">
        <tr>
          <th scope="col">${locale.text("column_period")}</th>
          <th scope="col">${locale.text("column_status")}</th>
          <th scope="col">${locale.text("column_amount")}</th>
        </tr>
      </thead>
      <tbody>${customer.invoices.map((bill) => this.renderBill(bill, customer.balance.currency))}</tbody>
    </table>`;
  }

  private renderAudit({ audit }: CustomerOverview): TemplateResult {
    const { locale } = this;
    const isMistake = audit?.verdict === "our_mistake";
    return html`<section data-testid="audit">
      <h3>${locale.text("audit_title")}</h3>
      ${audit === null
        ? html`<p class="note">${locale.text("audit_none")}</p>`
        : html`<p class=${isMistake ? "late" : ""}>${wordVerdict(audit, locale)}</p>
            ${audit.detectors.length === 0
              ? nothing
              : html`<p class="note">${audit.detectors.map((code) => wordDetector(code, locale)).join(", ")}</p>`}`}
    </section>`;
  }

  private renderCustomer(customer: CustomerOverview): TemplateResult {
    const { locale } = this;
    return html`<section>
        <h3>${locale.text("balance")}</h3>
        ${this.renderBalance(customer)}
      </section>
      ${this.renderAudit(customer)} ${this.renderFacts(customer)} ${this.renderBills(customer)}
      ${customer.change
        ? html`<section>
            <h3>${locale.text("why_different")}</h3>
            <saldo-difference-card .card=${customer.change} .locale=${locale}></saldo-difference-card>
          </section>`
        : nothing}`;
  }

  override render(): TemplateResult {
    const { customer, locale } = this;
    return html`<div class="panel" data-testid="customer">
      <header>
        <h2>${customer?.name ?? locale.text("customer_unknown")}</h2>
        ${this.renderBadge()}
      </header>
      ${customer ? this.renderCustomer(customer) : html`<p class="note">${locale.text("customer_hidden")}</p>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-customer-panel": SaldoCustomerPanel;
  }
}
