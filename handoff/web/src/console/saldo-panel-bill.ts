/** The tab of bills: what is due, what the check found, the last bills and why the newest differs. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FindingFacts } from "../api/actions.ts";
import type { CustomerOverview } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { renderInvoiceStatus } from "../components/invoice-status.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordDetector, wordVerdict } from "../i18n/audit-words.ts";
import { wordConfidence, wordEvidence } from "../i18n/panel-words.ts";
import "../components/saldo-difference-card.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ActionChooseEvent } from "./saldo-panel-events.ts";

type ShownInvoice = CustomerOverview["invoices"][number];

/**
 * @summary Balance, findings with amount and evidence, the last bills, and what the assistant showed of the newest.
 * @event saldo-action-choose - A mistake shall be corrected.
 */
@customElement("saldo-panel-bill")
export class SaldoPanelBill extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, statusStyles, panelTabStyles];

  /** The verified customer. */
  @property({ attribute: false }) customer!: CustomerOverview;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private readonly askForCorrection = (): void => {
    this.dispatchEvent(new ActionChooseEvent("correction"));
  };

  private renderBalance(): TemplateResult {
    const { locale } = this;
    const { balance } = this.customer;
    if (balance.amount_minor === 0) return html`<p class="amount none">${locale.text("balance_none")}</p>`;
    const due = balance.due_on;
    const key = balance.overdue ? "overdue_since" : "due_on";
    return html`<p class="amount money">${locale.money(balance.amount_minor, balance.currency)}</p>
      ${due === null
        ? nothing
        : html`<p class=${balance.overdue ? "late" : "note"}>${locale.text(key, { date: locale.date(due) })}</p>`}`;
  }

  private renderFinding(finding: FindingFacts): TemplateResult {
    const { locale } = this;
    const rows = wordEvidence(finding.evidence, finding.currency, locale);
    return html`<li data-testid="finding">
      <div class="line">
        <h4>${wordDetector(finding.detector, locale)}</h4>
        ${finding.amount_minor === 0
          ? nothing
          : html`<b class="money">${locale.money(finding.amount_minor, finding.currency)}</b>`}
      </div>
      <p class="note">
        ${wordConfidence(finding.confidence, locale)}${rows.length === 0
          ? nothing
          : html` · ${locale.text("finding_evidence", { rows: rows.join("; ") })}`}
      </p>
    </li>`;
  }

  private renderAudit(): TemplateResult {
    const { locale } = this;
    const { audit, findings = [] } = this.customer;
    const isMistake = audit?.verdict === "our_mistake";
    return html`<section data-testid="audit">
      <h3>${locale.text("audit_title")}</h3>
      ${audit === null
        ? html`<p class="note">${locale.text("audit_none")}</p>`
        : html`<p class=${isMistake ? "late" : ""}>${wordVerdict(audit, locale)}</p>`}
      ${findings.length === 0 ? nothing : html`<ul class="items">${findings.map((finding) => this.renderFinding(finding))}</ul>`}
      ${findings.some(({ confidence, amount_minor: minor }) => confidence === "certain" && minor > 0)
        ? html`<button type="button" class="button quiet" data-testid="correct" @click=${this.askForCorrection}>
            ${locale.text("action_correction")}
          </button>`
        : nothing}
    </section>`;
  }

  /** A bill that was paid or credited in part says what is left of it. */
  private wordLeft({ status, total_minor: total, open_minor: left = total }: ShownInvoice): string | null {
    const isPart = left > 0 && left !== total && ["open", "overdue"].includes(status);
    return isPart ? this.locale.money(left, this.customer.balance.currency) : null;
  }

  private renderBill(bill: ShownInvoice): TemplateResult {
    return html`<tr>
      <th scope="row"><span>${this.locale.period(bill.period)}</span><span class="note">${bill.number}</span></th>
      <td>${renderInvoiceStatus(bill, this.locale, this.wordLeft(bill))}</td>
      <td class="money">${this.locale.money(bill.total_minor, this.customer.balance.currency)}</td>
    </tr>`;
  }

  private renderBills(): TemplateResult {
    const { locale } = this;
    const { invoices } = this.customer;
    if (invoices.length === 0)
      return html`<section>
        <h3>${locale.text("last_bills")}</h3>
        <p class="note">${locale.text("bills_none")}</p>
      </section>`;
    return html`<table>
      <caption>
        <h3>${locale.text("last_bills")}</h3>
      </caption>
      <thead class="hidden">
        <tr>
          <th scope="col">${locale.text("column_period")}</th>
          <th scope="col">${locale.text("column_status")}</th>
          <th scope="col">${locale.text("column_amount")}</th>
        </tr>
      </thead>
      <tbody>
        ${invoices.map((bill) => this.renderBill(bill))}
      </tbody>
    </table>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    const { change } = this.customer;
    return html`<section>
        <h3>${locale.text("balance")}</h3>
        ${this.renderBalance()}
      </section>
      ${this.renderAudit()} ${this.renderBills()}
      ${change
        ? html`<section>
            <h3>${locale.text("why_different")}</h3>
            <saldo-difference-card .card=${change} .locale=${locale}></saldo-difference-card>
          </section>`
        : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-panel-bill": SaldoPanelBill;
  }
}
