/** The middle column: one conversation, from the handoff summary to the field for the answer. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DraftChangeEvent, MessageDiscardEvent, MessageRetryEvent, MessageSendEvent } from "../components/events.ts";
import type { SaldoComposer } from "../components/saldo-composer.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage } from "../i18n/desk-words.ts";
import type { TranscriptOut } from "../api/console.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import { ObserverController } from "../state/observable.ts";
import "../components/saldo-composer.ts";
import "../components/saldo-transcript.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ConversationChooseEvent, DeskActionEvent, type SummaryToggleEvent } from "./events.ts";
import "./saldo-handoff-summary.ts";
import { threadStyles } from "./thread.styles.ts";

/**
 * @summary Transcript, composer and the end of the conversation.
 * @event saldo-desk-action - Customer details shall be shown.
 */
@customElement("saldo-thread")
export class SaldoThread extends LitElement {
  static override styles = [baseStyles, buttonStyles, statusStyles, deskButtonStyles, threadStyles];

  private wantsFocus = false;

  @query("saldo-composer") private composer!: SaldoComposer | null;
  @query(".keep") private keepButton!: HTMLElement | null;

  @state() private isSummaryFolded = false;
  @state() private isAskingToClose = false;

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;
  /** The chosen conversation; another one starts with nothing asked. */
  @property() conversationId: string | null = null;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("conversationId")) return;
    this.isAskingToClose = false;
    this.isSummaryFolded = false;
  }

  protected override updated(): void {
    if (!this.wantsFocus || !this.composer) return;
    this.wantsFocus = false;
    this.composer.focus();
  }

  private handleSend(event: MessageSendEvent): void {
    this.store.reply(event.text);
  }

  private handleDraft(event: DraftChangeEvent): void {
    this.store.keepDraft(event.text);
  }

  private handleRetry(event: MessageRetryEvent): void {
    this.store.retryReply(event.messageId);
  }

  private handleDiscard(event: MessageDiscardEvent): void {
    this.store.discardReply(event.messageId);
  }

  private handleCloseConfirmed(): void {
    this.isAskingToClose = false;
    void this.store.close();
  }

  private handleCloseCancelled(): void {
    this.isAskingToClose = false;
  }

  private handleSummary(event: SummaryToggleEvent): void {
    this.isSummaryFolded = event.isFolded;
  }

  private handleCustomer(): void {
    this.dispatchEvent(new DeskActionEvent("customer"));
  }

  private handleBack(): void {
    this.dispatchEvent(new ConversationChooseEvent(null));
  }

  /** Put the cursor into the field, as soon as there is one. */
  focusComposer(): void {
    this.wantsFocus = true;
    this.requestUpdate();
  }

  askToClose(): void {
    this.isAskingToClose = true;
    void this.updateComplete.then(() => {
      this.keepButton?.focus();
    });
  }

  foldSummary(): void {
    this.isSummaryFolded = !this.isSummaryFolded;
  }

  private renderHeader(thread: TranscriptOut): TemplateResult {
    const { locale } = this;
    const { conversation, customer } = thread;
    const key = conversation.verified ? "verified" : "unverified";
    return html`<header>
      <button type="button" class="plain back" @click=${this.handleBack}>← ${locale.text("back")}</button>
      <div class="who">
        <h2>${customer?.name ?? locale.text("customer_unknown")}</h2>
        <p class="facts">${wordLanguage(conversation.language, locale)} · ${wordChannel(conversation.channel, locale)}</p>
      </div>
      <span class="status status-${key}">${locale.text(key)}</span>
      <button type="button" class="button quiet details" data-testid="customer-details" @click=${this.handleCustomer}>
        ${locale.text("customer")}
      </button>
      ${conversation.status === "closed" ? nothing : this.renderClose()}
    </header>`;
  }

  private renderClose(): TemplateResult {
    return html`<button type="button" class="button quiet" data-testid="close-conversation" @click=${this.askToClose}>
      ${this.locale.text("close_conversation")}
    </button>`;
  }

  private renderCloseQuestion(): TemplateResult {
    return html`<div class="question" role="group" aria-label=${this.locale.text("close_question")}>
      <p>${this.locale.text("close_question")}</p>
      <button type="button" class="button primary" data-testid="close-confirm" @click=${this.handleCloseConfirmed}>
        ${this.locale.text("close_confirm")}
      </button>
      <button type="button" class="button quiet keep" @click=${this.handleCloseCancelled}>
        ${this.locale.text("close_cancel")}
      </button>
    </div>`;
  }

  private renderFoot(thread: TranscriptOut): TemplateResult {
    if (thread.conversation.status === "closed")
      return html`<footer class="ended">${this.locale.text("closed_by_now")}</footer>`;
    return html`<footer>
      <saldo-composer
        .text=${this.store.draft}
        .locale=${this.locale}
        .label=${this.locale.text("reply_to", { name: thread.customer?.name ?? this.locale.text("the_customer") })}
        @saldo-message-send=${this.handleSend}
        @saldo-draft-change=${this.handleDraft}
      ></saldo-composer>
    </footer>`;
  }

  override render(): TemplateResult {
    const { store, locale } = this;
    const thread = store.thread;
    if (!thread) return html`<p class="loading" role="status">${locale.text("loading")}</p>`;
    return html`${this.renderHeader(thread)} ${this.isAskingToClose ? this.renderCloseQuestion() : nothing}
      <saldo-handoff-summary
        .summary=${thread.summary}
        .locale=${locale}
        ?folded=${this.isSummaryFolded}
        @saldo-summary-toggle=${this.handleSummary}
      ></saldo-handoff-summary>
      <saldo-transcript
        perspective="agent"
        .lines=${store.lines}
        .locale=${locale}
        .conversation=${thread.conversation}
        .typing=${store.typingIn === this.conversationId ? "customer" : null}
        @saldo-message-retry=${this.handleRetry}
        @saldo-message-discard=${this.handleDiscard}
      ></saldo-transcript>
      ${this.renderFoot(thread)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-thread": SaldoThread;
  }
}
