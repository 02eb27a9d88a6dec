/** What a waiting customer wants to know: the place, how long, what happens next, and every way on. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { CallbackOut, CallbackWay, ConversationOut, WaitOut } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, buttonStyles, cardStyles } from "./base.styles.ts";
import { WaitingWishEvent } from "./events.ts";
import { waitingStyles } from "./saldo-waiting-card.styles.ts";
import { momentOf, newsKeyOf, waitingStateOf, wordCallback, wordNews, wordPlace, wordRange } from "./waiting-state.ts";

/**
 * @summary The customer's place in line and what happens next; a callback; or when we open.
 * @event saldo-waiting-wish - The customer wants to be reached later, to wait here again, or to talk to the assistant.
 */
@customElement("saldo-waiting-card")
export class SaldoWaitingCard extends LitElement {
  static override styles = [baseStyles, buttonStyles, cardStyles, waitingStyles];

  /** The waiting conversation. */
  @property({ attribute: false }) conversation!: ConversationOut;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  /** The chosen time; empty for the first possible one. */
  @state() private chosen = "";

  private newsKey = "";
  /** What was last told aloud. */
  private news = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    const key = newsKeyOf(this.conversation);
    if (key === this.newsKey && !changed.has("locale")) return;
    this.newsKey = key;
    this.news = wordNews(this.conversation, this.locale);
  }

  private ask(way: CallbackWay): void {
    this.dispatchEvent(new WaitingWishEvent("callback", { way, slotFrom: this.chosen === "" ? null : this.chosen }));
    this.chosen = "";
  }

  private readonly handleCall = (): void => {
    this.ask("call");
  };

  private readonly handleWrite = (): void => {
    this.ask("message");
  };

  private readonly handleLive = (): void => {
    this.dispatchEvent(new WaitingWishEvent("callback-cancel"));
  };

  private readonly handleAssistant = (): void => {
    this.dispatchEvent(new WaitingWishEvent("queue-leave"));
  };

  private readonly handleSlot = (event: Event): void => {
    this.chosen = (event.target as HTMLSelectElement).value;
  };

  private renderSlots(wait: WaitOut): TemplateResult | typeof nothing {
    if (wait.slots.length === 0) return nothing;
    const first = this.locale.text(wait.opens_at === null ? "waiting_on_turn" : "waiting_on_opening");
    return html`<label class="when"
      >${this.locale.text("waiting_when")}
      <select data-testid="callback-slot" @change=${this.handleSlot}>
        <option value="" .selected=${live(this.chosen === "")}>${first}</option>
        ${wait.slots.map(
          (slot) =>
            html`<option value=${slot} .selected=${live(this.chosen === slot)}>
              ${this.locale.text("waiting_from", momentOf(slot, this.locale))}
            </option>`,
        )}
      </select>
    </label>`;
  }

  private renderWays(wait: WaitOut): TemplateResult {
    const canCall = wait.phone_ending !== null;
    const phone = canCall
      ? this.locale.text("waiting_call_ending", { ending: wait.phone_ending ?? "" })
      : this.locale.text("waiting_no_phone");
    return html`<div class="ways">
        ${canCall
          ? html`<button type="button" class="button primary" data-testid="call-me-back" @click=${this.handleCall}>
              ${this.locale.text("waiting_call_me")}
            </button>`
          : nothing}
        <button type="button" class="button quiet" data-testid="write-to-me" @click=${this.handleWrite}>
          ${this.locale.text("waiting_write_me")}
        </button>
      </div>
      <p class="small">${phone}</p>`;
  }

  private renderAssistant(): TemplateResult {
    return html`<button type="button" class="link" data-testid="keep-assistant" @click=${this.handleAssistant}>
        ${this.locale.text("waiting_assistant")}
      </button>
      <p class="small hint">${this.locale.text("waiting_assistant_hint")}</p>`;
  }

  private renderOffer(wait: WaitOut): TemplateResult | typeof nothing {
    if (!wait.callback_offered || this.conversation.status === "offered") return nothing;
    return html`<div class="choice" data-testid="callback-offer">
      <p class="small">${this.locale.text("waiting_offer")}</p>
      ${this.renderSlots(wait)} ${this.renderWays(wait)}
    </div>`;
  }

  private renderLive(wait: WaitOut | null): TemplateResult {
    const { locale } = this;
    return html`<h3>${locale.text("waiting")}</h3>
      <p class="place" data-testid="queue-place">${wordPlace(this.conversation, locale)}</p>
      <p data-testid="wait-range">${wordRange(this.conversation, locale)}</p>
      ${wait?.overtaken ? html`<p class="small" data-testid="overtaken">${locale.text("waiting_overtaken")}</p>` : nothing}
      <p class="small">${locale.text("waiting_promise")}</p>
      ${wait ? this.renderOffer(wait) : nothing} ${this.renderAssistant()}`;
  }

  private renderClosed(wait: WaitOut, opensAt: string): TemplateResult {
    const { locale } = this;
    return html`<h3>${locale.text("waiting_closed")}</h3>
      <p class="place" data-testid="opens-at">${locale.text("waiting_opens", momentOf(opensAt, locale))}</p>
      <p class="small">${locale.text("waiting_closed_promise")}</p>
      ${this.renderOffer(wait)} ${this.renderAssistant()}`;
  }

  private renderCallback(callback: CallbackOut): TemplateResult {
    const { locale } = this;
    const ending = callback.way === "call" ? callback.phone_ending : null;
    return html`<h3>${locale.text(callback.way === "call" ? "callback_call" : "callback_message")}</h3>
      <p class="place" data-testid="callback-state">${wordCallback(callback, locale)}</p>
      <p class="small">
        ${ending === null ? "" : `${locale.text("waiting_call_ending", { ending })} `}${locale.text(
          callback.way === "call" ? "callback_leave_page" : "callback_leave_answer",
        )}
      </p>
      <div class="ways">
        <button type="button" class="button quiet" data-testid="wait-here" @click=${this.handleLive}>
          ${locale.text("callback_live")}
        </button>
      </div>
      ${this.renderAssistant()}`;
  }

  private renderState(): TemplateResult {
    const state = waitingStateOf(this.conversation);
    if (state.kind === "closed") return this.renderClosed(state.wait, state.opensAt);
    return state.kind === "live" ? this.renderLive(state.wait) : this.renderCallback(state.callback);
  }

  override render(): TemplateResult {
    // The transcript around it is read aloud as it grows; of this card only what is marked as status is.
    return html`<div class="card" aria-live="off" data-testid="waiting-card">
      <p class="hidden" role="status" data-testid="waiting-news">${this.news}</p>
      ${this.renderState()}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-waiting-card": SaldoWaitingCard;
  }
}
