/** Why this bill differs from the last, as a waterfall that is also a table. */
import { html, css, LitElement, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DifferenceCard } from "../api/protocol.ts";
import { wordCause } from "../i18n/causes.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { toBar, toWaterfall, type Waterfall, type WaterfallStep } from "../state/waterfall.ts";
import { baseStyles, cardStyles } from "./base.styles.ts";

/** @summary Leads from the last bill over each cause to this bill; amounts add up to the cent. */
@customElement("saldo-difference-card")
export class SaldoDifferenceCard extends LitElement {
  static override styles = [
    baseStyles,
    cardStyles,
    css`
      caption {
        padding-bottom: var(--saldo-space-3);
        text-align: start;
      }
      .card tbody > tr > * {
        padding-bottom: var(--saldo-space-3);
      }
      .card tbody > tr:last-child > * {
        padding-bottom: 0;
      }
      .card tbody > tr > th {
        width: 100%;
        padding-inline-end: var(--saldo-space-3);
      }
      .label {
        display: block;
        font-size: 14px;
        line-height: 20px;
      }
      .details {
        display: block;
      }
      .total .label,
      .total .money {
        font-weight: 650;
      }
      .money {
        font-size: 14px;
        line-height: 20px;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
        margin-top: 6px;
        border-radius: 2px;
        background: var(--saldo-bar-track);
      }
      .bar-total {
        fill: var(--saldo-bar-total);
      }
      .bar-more {
        fill: var(--saldo-bar-more);
      }
      .bar-less {
        fill: var(--saldo-bar-less);
      }
      .next {
        margin-top: var(--saldo-space-3);
        padding-top: var(--saldo-space-3);
        border-top: 1px solid var(--saldo-line);
      }
    `,
  ];

  /** The facts; wording comes from the catalogue. */
  @property({ attribute: false }) card!: DifferenceCard;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  private headline(): string {
    const { difference_minor: minor, previous, current, currency } = this.card;
    const amount = this.locale.money(Math.abs(minor), currency);
    if (!previous) return this.locale.text("difference_first", { amount: this.locale.money(current.total_minor, currency) });
    if (minor === 0) return this.locale.text("difference_same");
    return this.locale.text(minor > 0 ? "difference_more" : "difference_less", { amount });
  }

  private renderBar(step: WaterfallStep, waterfall: Waterfall): TemplateResult {
    const { startPercent, widthPercent } = toBar(step, waterfall);
    const kind = step.kind !== "cause" ? "total" : step.amountMinor > 0 ? "more" : "less";
    return html`<svg aria-hidden="true" focusable="false">
      ${svg`<rect class="bar-${kind}" x="${startPercent}%" width="${Math.max(widthPercent, 1)}%" height="100%" rx="2"></rect>`}
    </svg>`;
  }

  private renderLabel(step: WaterfallStep): TemplateResult {
    const { cause } = step;
    if (!cause) {
      const bill = step.kind === "previous" ? this.card.previous : this.card.current;
      const label = this.locale.text(step.kind === "previous" ? "last_bill" : "this_bill");
      return html`<span class="label">${label}, ${this.locale.period(bill?.period ?? "")}</span>`;
    }
    const { label, details } = wordCause(cause, this.card.currency, this.locale);
    return html`<span class="label">${label}</span><span class="details small">${details.join(" · ")}</span>`;
  }

  private renderStep(step: WaterfallStep, waterfall: Waterfall): TemplateResult {
    const write = step.kind === "cause" ? "signedMoney" : "money";
    return html`<tr class=${step.kind === "cause" ? "cause" : "total"} data-testid="difference-${step.kind}">
      <th scope="row">${this.renderLabel(step)}${this.renderBar(step, waterfall)}</th>
      <td class="money">${this.locale[write](step.amountMinor, this.card.currency)}</td>
    </tr>`;
  }

  override render(): TemplateResult {
    const waterfall = toWaterfall(this.card);
    const { expected_next_minor: next, currency } = this.card;
    return html`<div class="card" data-testid="difference-card">
      <table>
        <caption><h3>${this.headline()}</h3></caption>
        <thead class="hidden">
          <tr>
            <th scope="col">${this.locale.text("column_item")}</th>
            <th scope="col">${this.locale.text("column_amount")}</th>
          </tr>
        </thead>
        <tbody>
          ${waterfall.steps.map((step) => this.renderStep(step, waterfall))}
        </tbody>
      </table>
      ${next === null
        ? nothing
        : html`<p class="next small">${this.locale.text("expected_next", { amount: this.locale.money(next, currency) })}</p>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-difference-card": SaldoDifferenceCard;
  }
}
