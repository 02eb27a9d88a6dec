/** One action: what for, how much, why; then its effect, and the one press that does it. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { ActionOffer, ActionOption } from "../api/actions.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordBounds, wordProblem } from "../i18n/panel-limits.ts";
import { ObserverController } from "../state/observable.ts";
import type { ActionCase } from "../state/panel-actions.ts";
import { type ActionDraft, type DraftProblem, findOption, hasFreeAmount, isAboveLimit } from "../state/panel-drafts.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { actionsStyles } from "./saldo-actions.styles.ts";
import "./saldo-actions-preview.ts";

/** More than these are a list to choose from: the form stays in sight. */
const MOST_SHOWN = 5;
const FIELD_OF: Readonly<Record<DraftProblem, string>> = {
  option: "option",
  amount: "amount",
  amount_low: "amount",
  amount_high: "amount",
  day: "day",
  note: "note",
};

/** @summary The form of the action that is being prepared. */
@customElement("saldo-actions-form")
export class SaldoActionsForm extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, panelTabStyles, actionsStyles];

  private problemShown: DraftProblem | null = null;

  /** What is done for the customer. */
  @property({ attribute: false }) desk!: ActionCase;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.desk);
  }

  private get option(): ActionOption | null {
    const { draft, offer } = this.desk;
    return draft && offer && findOption(offer, draft);
  }

  private get currency(): string {
    return this.desk.offer?.currency ?? "EUR";
  }

  /** What is wrong is where the agent goes on. */
  protected override updated(): void {
    const { problem } = this.desk;
    if (problem && problem !== this.problemShown)
      this.shadowRoot?.querySelector<HTMLElement>(`[data-field="${FIELD_OF[problem]}"]`)?.focus();
    this.problemShown = problem;
  }

  private readonly handleSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    // Enter in a line is the press of the button: the hands have left the field, and the focus may follow to the effect.
    event.submitter?.focus();
    void this.desk.look();
  };

  private readonly handleSelect = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.desk.edit({ option: value === "" ? null : value });
  };

  private readonly handleAmount = (event: Event): void => {
    this.desk.edit({ amount: (event.target as HTMLInputElement).value });
  };

  private readonly handleDay = (event: Event): void => {
    this.desk.edit({ day: (event.target as HTMLInputElement).value });
  };

  private readonly handleNote = (event: Event): void => {
    this.desk.edit({ note: (event.target as HTMLTextAreaElement).value });
  };

  private renderProblem(field: string): TemplateResult | typeof nothing {
    const { problem } = this.desk;
    if (!problem || FIELD_OF[problem] !== field) return nothing;
    return html`<p class="wrong" id="wrong-${field}" role="alert" data-testid="problem">
      ${wordProblem(problem, this.option, this.currency, this.locale)}
    </p>`;
  }

  private isWrong(field: string): boolean {
    return this.desk.problem !== null && FIELD_OF[this.desk.problem] === field;
  }

  private worth(option: ActionOption): string | null {
    return option.amount_minor === null || hasFreeAmount(option) ? null : this.locale.money(option.amount_minor, this.currency);
  }

  private renderChoice(option: ActionOption, index: number): TemplateResult {
    const choose = (): void => {
      this.desk.edit({ option: option.id });
    };
    const worth = this.worth(option);
    return html`<label class="choice" data-testid="action-option">
      <input
        type="radio"
        name="option"
        data-field=${index === 0 ? "option" : nothing}
        .checked=${live(option.id === this.option?.id)}
        ?disabled=${this.desk.isHeld}
        @change=${choose}
      />
      <span>${option.label}${option.detail === null ? nothing : html`<span class="note">${option.detail}</span>`}</span>
      ${worth === null ? nothing : html`<b class="money">${worth}</b>`}
    </label>`;
  }

  private renderSelect(options: readonly ActionOption[]): TemplateResult {
    const { locale, option } = this;
    return html`<label class="field">
      <span>${locale.text("field_option")}</span>
      <select
        data-testid="action-select"
        data-field="option"
        aria-invalid=${this.isWrong("option")}
        ?disabled=${this.desk.isHeld}
        @change=${this.handleSelect}
      >
        <option value="" .selected=${live(!option)}>${locale.text("field_choose")}</option>
        ${options.map((each) => {
          const worth = this.worth(each);
          const name = [each.label, each.detail, worth].filter((part) => part !== null).join(" · ");
          return html`<option value=${each.id} .selected=${live(each.id === option?.id)}>${name}</option>`;
        })}
      </select>
      ${option?.detail == null ? nothing : html`<span class="note">${option.detail}</span>`} ${this.renderProblem("option")}
    </label>`;
  }

  private renderWhat({ options }: ActionOffer): TemplateResult {
    if (options.length > MOST_SHOWN) return this.renderSelect(options);
    return html`<fieldset>
      <legend>${this.locale.text("field_option")}</legend>
      ${options.map((option, index) => this.renderChoice(option, index))} ${this.renderProblem("option")}
    </fieldset>`;
  }

  private renderAmount(option: ActionOption, offer: ActionOffer, draft: ActionDraft): TemplateResult {
    const { locale, currency } = this;
    const bounds = wordBounds(option, currency, locale);
    const limit = locale.money(offer.own_limit_minor ?? 0, currency);
    return html`<label class="field">
      <span>${locale.text("field_amount")} (${currency})</span>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        data-testid="action-amount"
        data-field="amount"
        aria-invalid=${this.isWrong("amount")}
        .value=${live(draft.amount)}
        ?disabled=${this.desk.isHeld}
        @input=${this.handleAmount}
      />
      ${bounds === null ? nothing : html`<span class="note">${bounds}</span>`} ${this.renderProblem("amount")}
      ${isAboveLimit(offer, draft) && !this.isWrong("amount") && !this.desk.preview
        ? html`<span class="note" role="status">${locale.text("above_limit", { amount: limit })}</span>`
        : nothing}
    </label>`;
  }

  private renderDay(latest: string, draft: ActionDraft): TemplateResult {
    const { locale } = this;
    return html`<label class="field">
      <span>${locale.text("field_day")}</span>
      <input
        type="date"
        data-testid="action-day"
        data-field="day"
        max=${latest}
        aria-invalid=${this.isWrong("day")}
        .value=${live(draft.day)}
        ?disabled=${this.desk.isHeld}
        @input=${this.handleDay}
      />
      <span class="note">${locale.text("field_day_hint", { date: locale.shortDate(latest) })}</span> ${this.renderProblem("day")}
    </label>`;
  }

  private renderNote(draft: ActionDraft): TemplateResult {
    const { locale } = this;
    return html`<label class="field">
      <span>${locale.text("field_note")}</span>
      <textarea
        rows="2"
        maxlength="500"
        data-testid="action-note"
        data-field="note"
        aria-invalid=${this.isWrong("note")}
        .value=${live(draft.note)}
        ?disabled=${this.desk.isHeld}
        @input=${this.handleNote}
      ></textarea>
      <span class="note">${locale.text("field_note_hint")}</span> ${this.renderProblem("note")}
    </label>`;
  }

  override render(): TemplateResult | typeof nothing {
    const { desk, locale, option } = this;
    const { draft, offer, preview } = desk;
    if (!draft || !offer) return nothing;
    return html`<form novalidate @submit=${this.handleSubmit}>
        ${this.renderWhat(offer)} ${option && hasFreeAmount(option) ? this.renderAmount(option, offer, draft) : nothing}
        ${option?.latest_day == null ? nothing : this.renderDay(option.latest_day, draft)} ${this.renderNote(draft)}
        ${preview || desk.isHeld
          ? nothing
          : html`<div class="buttons">
              <button type="submit" class="button primary" data-testid="action-preview" aria-disabled=${desk.isBusy}>
                ${locale.text(desk.isBusy ? "action_busy" : "preview_show")}
              </button>
            </div>`}
      </form>
      ${preview ? html`<saldo-actions-preview .desk=${desk} .locale=${locale}></saldo-actions-preview>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-actions-form": SaldoActionsForm;
  }
}
