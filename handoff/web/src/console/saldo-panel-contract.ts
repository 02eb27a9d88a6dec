/** The tab of contracts: plan, price, term and discounts of each, and which plan would have cost less. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CheaperPlan, ContractFacts, CustomerFile, DiscountFacts } from "../api/actions.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { lastDay, wordUnit, wordUnitPrice } from "../i18n/panel-words.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ActionChooseEvent } from "./saldo-panel-events.ts";

interface Span {
  valid_from: string;
  valid_to: string | null;
}

/**
 * @summary Every contract that runs.
 * @event saldo-action-choose - The plan shall be changed.
 */
@customElement("saldo-panel-contract")
export class SaldoPanelContract extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    panelTabStyles,
    css`
      section + section {
        padding-top: var(--saldo-space-5);
        border-top: 1px solid var(--saldo-line);
      }
      section,
      .part {
        display: grid;
        gap: var(--saldo-space-3);
      }
      .part {
        gap: 0;
      }
      .title h3 {
        padding: 0;
        font-size: 16px;
        line-height: 22px;
        color: var(--saldo-text);
      }
      .part h4 {
        padding-bottom: var(--saldo-space-1);
        color: var(--saldo-text-2);
        font-size: 13px;
        line-height: 18px;
      }
      .saving {
        color: var(--saldo-positive);
        font-weight: 600;
      }
      .button {
        justify-self: start;
      }
    `,
  ];

  /** What the server tells of the customer. */
  @property({ attribute: false }) file!: CustomerFile;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private readonly askForChange = (): void => {
    this.dispatchEvent(new ActionChooseEvent("plan_change"));
  };

  private span({ valid_from: from, valid_to: to }: Span): string {
    const { locale } = this;
    const words = [locale.text("contract_from", { date: locale.shortDate(from) })];
    if (to !== null) words.push(locale.text("contract_until", { date: locale.shortDate(lastDay(to)) }));
    return words.join(" ");
  }

  private renderPrice(contract: ContractFacts): TemplateResult | typeof nothing {
    const { locale } = this;
    const { price, currency } = contract;
    if (!price) return nothing;
    const beyond = wordUnitPrice(price, currency, locale);
    const included = price.unit !== null && price.included > 0;
    return html`<dt>${locale.text("contract_price")}</dt>
      <dd>${locale.text("contract_per_month", { amount: locale.money(price.base_minor, currency) })}</dd>
      ${included && price.unit !== null
        ? html`<dt>${locale.text("contract_included")}</dt>
            <dd>${locale.text("contract_quantity", { count: locale.number(price.included), unit: wordUnit(price.unit, locale) })}</dd>`
        : nothing}
      ${beyond === null ? nothing : html`<dt>${locale.text("contract_beyond")}</dt><dd>${beyond}</dd>`}`;
  }

  private renderTerm(contract: ContractFacts): TemplateResult {
    const { locale } = this;
    const { ended_on: end, bound_until: bound, termination_fee_minor: fee, currency } = contract;
    return html`<dt>${locale.text("contract_since")}</dt>
      <dd>${locale.date(contract.started_on)}</dd>
      <dt>${locale.text("contract_term")}</dt>
      <dd>
        ${end === null
          ? locale.text("contract_open")
          : html`<b>${locale.text("contract_ends", { date: locale.date(lastDay(end)) })}</b>`}
        ${bound === null ? nothing : html`<p class="note">${locale.text("contract_bound", { date: locale.date(bound) })}</p>`}
        ${bound === null || fee === null
          ? nothing
          : html`<p class="note">${locale.text("contract_fee", { amount: locale.money(fee, currency) })}</p>`}
      </dd>`;
  }

  private renderDiscount(discount: DiscountFacts, currency: string): TemplateResult {
    const { locale } = this;
    const { amount_minor: minor, basis_points: points } = discount;
    const percent = new Intl.NumberFormat(locale.region, { style: "percent", maximumFractionDigits: 2 });
    const off =
      minor === null
        ? locale.text("contract_share", { percent: percent.format((points ?? 0) / 10_000) })
        : locale.text("contract_off", { amount: locale.money(minor, currency) });
    return html`<dt>${locale.text("contract_discount")}</dt>
      <dd>${discount.name}<p class="note">${off}, ${this.span(discount)}</p></dd>`;
  }

  private renderOverTime(title: string, rows: readonly (Span & { what: string })[]): TemplateResult | typeof nothing {
    if (rows.length < 2) return nothing;
    return html`<div class="part">
      <h4>${title}</h4>
      <ul class="items">
        ${rows.map((row) => html`<li class="said">${row.what}<span class="note">${this.span(row)}</span></li>`)}
      </ul>
    </div>`;
  }

  private renderCheaperPlan(plan: CheaperPlan, currency: string): TemplateResult {
    const { locale } = this;
    const money = (minor: number): string => locale.money(minor, currency);
    const range = { least: money(plan.least_saving_minor), most: money(plan.most_saving_minor), count: plan.months };
    return html`<li data-testid="cheaper-plan">
      <b>${plan.plan}</b>
      <span class="saving">${locale.text("cheaper_saving", { amount: money(plan.saving_per_month_minor) })}</span>
      ${plan.least_saving_minor === plan.most_saving_minor
        ? nothing
        : html`<span class="note">${locale.text("cheaper_range", range)}</span>`}
      ${plan.months_dearer === 0 ? nothing : html`<span class="note">${locale.count("cheaper_dearer", plan.months_dearer)}</span>`}
      ${plan.switching_fee_minor === 0
        ? nothing
        : html`<span class="note">${locale.text("cheaper_fee", { amount: money(plan.switching_fee_minor) })}</span>`}
    </li>`;
  }

  private renderCheaper(contract: ContractFacts): TemplateResult | typeof nothing {
    const { locale } = this;
    if (contract.ended_on !== null) return nothing;
    return html`<div class="part">
        <h4>${locale.text("contract_cheaper")}</h4>
        ${contract.cheaper.length === 0
          ? html`<p class="note">${locale.text("contract_cheaper_none")}</p>`
          : html`<ul class="items">${contract.cheaper.map((plan) => this.renderCheaperPlan(plan, contract.currency))}</ul>`}
      </div>
      ${contract.cheaper.length === 0
        ? nothing
        : html`<button type="button" class="button quiet" data-testid="change-plan" @click=${this.askForChange}>
            ${locale.text("cheaper_preview")}
          </button>`}`;
  }

  private renderContract(contract: ContractFacts): TemplateResult {
    const { locale } = this;
    const phases = contract.phases.map((phase) => ({ ...phase, what: phase.plan }));
    const prices = contract.prices.map((price) => ({
      ...price,
      what: locale.text("contract_per_month", { amount: locale.money(price.base_minor, contract.currency) }),
    }));
    return html`<section data-testid="contract">
      <div class="title">
        <h3>${contract.plan}</h3>
        ${contract.number === null ? nothing : html`<p class="note">${locale.text("contract_number", { number: contract.number })}</p>`}
      </div>
      <dl>
        ${this.renderPrice(contract)} ${this.renderTerm(contract)}
        ${contract.discounts.map((discount) => this.renderDiscount(discount, contract.currency))}
      </dl>
      ${this.renderOverTime(locale.text("contract_plans"), phases)}
      ${this.renderOverTime(locale.text("contract_prices"), prices)} ${this.renderCheaper(contract)}
    </section>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    const { contracts, last_ended_on: end } = this.file;
    if (contracts === null) return html`<p>${locale.text("contracts_unreadable")}</p>`;
    if (contracts.length > 0) return html`${contracts.map((contract) => this.renderContract(contract))}`;
    return html`<p>
      ${locale.text("contracts_none")}
      ${end === null ? nothing : locale.text("contracts_ended", { date: locale.date(lastDay(end)) })}
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-panel-contract": SaldoPanelContract;
  }
}
