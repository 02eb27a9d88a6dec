/** The tab of actions: what the agent may do, how far alone, and how the last one ended. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ActionKind, ActionOffer, DoneAction } from "../api/actions.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { leadFocus } from "../components/focus.ts";
import { closeIcon } from "../components/icons.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordLimit } from "../i18n/panel-limits.ts";
import { wordDecision } from "../i18n/panel-words.ts";
import type { ActionCase } from "../state/panel-actions.ts";
import { ObserverController } from "../state/observable.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { renderDone, renderState } from "./saldo-actions-done.ts";
import "./saldo-actions-form.ts";
import { actionsStyles } from "./saldo-actions.styles.ts";
import { PanelRetryEvent } from "./saldo-panel-events.ts";

/**
 * @summary Choose, look at the effect, confirm.
 * @event saldo-panel-retry - What failed shall be fetched again.
 */
@customElement("saldo-actions")
export class SaldoActions extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, statusStyles, panelTabStyles, actionsStyles];

  /** What takes the focus after the next update, because the agent's own press led there. */
  private focusNext: string | null = null;
  private resultShown: string | null = null;
  private wasBusy = false;

  /** What is done for the customer. */
  @property({ attribute: false }) desk!: ActionCase;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.desk);
  }

  /** The result came because the agent pressed; what a colleague decides later moves nothing. */
  protected override updated(): void {
    const result = this.desk.result?.id ?? null;
    if (result !== null && result !== this.resultShown && this.wasBusy) this.focusNext = "title";
    // The button that was pressed is gone with the effect that did not come about.
    const hasTrouble = this.desk.refusal !== null || this.desk.isUnanswered;
    if (hasTrouble && this.wasBusy && !this.desk.isBusy) this.focusNext = "trouble";
    this.resultShown = result;
    this.wasBusy = this.desk.isBusy;
    if (this.focusNext === null) return;
    const wanted = this.shadowRoot?.querySelector<HTMLElement>(`[data-focus="${this.focusNext}"]`);
    if (wanted) this.focusNext = null;
    leadFocus(this, wanted);
  }

  private readonly handleBack = (): void => {
    this.focusNext = this.desk.draft?.kind ?? this.desk.result?.kind ?? null;
    this.desk.leave();
  };

  private readonly handleRetry = (): void => {
    void this.desk.retry();
  };

  private readonly handleGiveUp = (): void => {
    void this.desk.giveUp();
  };

  private readonly handleReload = (): void => {
    this.dispatchEvent(new PanelRetryEvent());
  };

  /** Begin an action, and go where it is prepared. */
  begin(kind: ActionKind): void {
    this.focusNext = "title";
    this.desk.choose(kind);
  }

  private renderLimit(offer: ActionOffer): TemplateResult | typeof nothing {
    const limit = wordLimit(offer, this.locale);
    return limit === null ? nothing : html`<p class="limit" data-testid="limit">${limit}</p>`;
  }

  private renderKind(offer: ActionOffer): TemplateResult {
    const { locale } = this;
    const title = html`<b>${locale.text(`action_${offer.kind}`)}</b>`;
    if (!offer.allowed)
      return html`<li class="kind closed" data-testid="action-closed">
        ${title}<span class="note">${offer.reason ?? locale.text("action_not_allowed")}</span>
      </li>`;
    const choose = (): void => {
      this.begin(offer.kind);
    };
    return html`<li>
      <button type="button" class="kind" data-testid="action-${offer.kind}" data-focus=${offer.kind} @click=${choose}>
        ${title}<span class="note">${locale.text(`about_${offer.kind}`)}</span>${this.renderLimit(offer)}
      </button>
    </li>`;
  }

  private renderKinds(): TemplateResult {
    const { locale, desk } = this;
    const actions = desk.offers?.actions ?? [];
    const why = commonReason(actions);
    return html`${actions.length === 0 || why !== null
        ? html`<p data-testid="actions-none">${why ?? locale.text("actions_none")}</p>`
        : html`<ul class="kinds">
            ${actions.map((offer) => this.renderKind(offer))}
          </ul>`}
      ${desk.waiting.length === 0
        ? nothing
        : html`<section>
            <h3>${locale.text("actions_waiting")}</h3>
            <ul class="items">
              ${desk.waiting.map((done) => renderDone(done, locale))}
            </ul>
          </section>`}`;
  }

  private renderBack(key: "actions_back" | "result_again"): TemplateResult {
    return html`<button type="button" class="plain back" data-testid="actions-back" @click=${this.handleBack}>
      ${closeIcon}${this.locale.text(key)}
    </button>`;
  }

  private renderUnanswered(): TemplateResult {
    const { locale } = this;
    return html`<div class="box asks" role="alert" tabindex="-1" data-focus="trouble" data-testid="unanswered">
      <p>${locale.text("action_unanswered")}</p>
      <div class="buttons">
        <button type="button" class="button primary" data-testid="action-retry" @click=${this.handleRetry}>${locale.text("try_again")}</button>
        <button type="button" class="button quiet" data-testid="action-give-up" @click=${this.handleGiveUp}>${locale.text("give_up")}</button>
      </div>
    </div>`;
  }

  private renderRefusal(refusal: string): TemplateResult {
    return html`<p class="box refused" role="alert" tabindex="-1" data-focus="trouble" data-testid="action-refusal">
      ${refusal === "" ? this.locale.text("action_failed") : refusal}
    </p>`;
  }

  private renderForm(offer: ActionOffer): TemplateResult {
    const { desk, locale } = this;
    return html`${desk.isHeld ? nothing : this.renderBack("actions_back")}
      <div>
        <h3 class="title" tabindex="-1" data-focus="title">${locale.text(`action_${offer.kind}`)}</h3>
        ${this.renderLimit(offer)}
      </div>
      ${offer.allowed ? nothing : html`<p class="box asks">${offer.reason ?? locale.text("action_not_allowed")}</p>`}
      <saldo-actions-form .desk=${desk} .locale=${locale}></saldo-actions-form>
      ${desk.isUnanswered ? this.renderUnanswered() : nothing} ${desk.refusal === null ? nothing : this.renderRefusal(desk.refusal)}`;
  }

  private renderResult(result: DoneAction): TemplateResult {
    const { locale } = this;
    const decision = wordDecision(result, locale);
    return html`<section class="stack" data-testid="action-result">
      <div>
        <h3 class="title" tabindex="-1" data-focus="title">${result.title}</h3>
        ${renderState(result.state, locale)}
      </div>
      <div role="status">
        ${decision === null ? nothing : html`<p>${decision}</p>`}
        ${result.document === null ? nothing : html`<p class="note">${locale.text("result_document", { number: result.document })}</p>`}
        <p class="note">${locale.text("history_reason", { note: result.note })}</p>
      </div>
      <button type="button" class="button quiet" data-testid="actions-again" @click=${this.handleBack}>
        ${locale.text("result_again")}
      </button>
    </section>`;
  }

  override render(): TemplateResult {
    const { desk, locale } = this;
    if (desk.result) return this.renderResult(desk.result);
    if (!desk.offers) {
      if (desk.failure === null) return html`<p class="note" role="status">${locale.text("loading")}</p>`;
      return html`<p data-testid="actions-failed">${desk.failure === "" ? locale.text("actions_failed") : desk.failure}</p>
        ${desk.isUnanswered ? this.renderUnanswered() : nothing}
        <div class="buttons">
          <button type="button" class="button quiet" @click=${this.handleReload}>${locale.text("try_again")}</button>
        </div>`;
    }
    return desk.offer ? this.renderForm(desk.offer) : this.renderKinds();
  }
}

/** What keeps everything from being done is said once; null where something can be done, or the reasons differ. */
function commonReason(actions: readonly ActionOffer[]): string | null {
  const reasons = new Set(actions.map(({ allowed, reason }) => (allowed ? null : reason)));
  const [reason = null] = reasons.size === 1 && actions.length > 1 ? reasons : [];
  return reason;
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-actions": SaldoActions;
  }
}
