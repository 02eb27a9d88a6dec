/** The open chat: header, transcript, composer. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { saveFile } from "../api/chat-files.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type {
  ButtonPressEvent,
  CodeCompleteEvent,
  DraftChangeEvent,
  FileOpenEvent,
  FilesChooseEvent,
  LanguageChooseEvent,
  MessageDiscardEvent,
  MessageRetryEvent,
  MessageSendEvent,
  WaitingWishEvent,
} from "../components/events.ts";
import { closeIcon, personIcon } from "../components/icons.ts";
import { momentOf } from "../components/waiting-state.ts";
import type { SaldoComposer } from "../components/saldo-composer.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import type { ChatStore } from "../state/chat-store.ts";
import { ObserverController } from "../state/observable.ts";
import { wordHeader } from "./header-words.ts";
import { panelStyles } from "./panel.styles.ts";
import { reopensUntil } from "./reopening.ts";
import { isReaderHere, watchReader } from "../components/reader-here.ts";
import "../components/saldo-composer.ts";
import "../components/saldo-language-menu.ts";
import "../components/saldo-transcript.ts";

/**
 * @summary One conversation, drawn from its store.
 * @event saldo-panel-close - The person wants the panel out of the way; the conversation goes on.
 */
@customElement("saldo-chat-panel")
export class SaldoChatPanel extends LitElement {
  static override styles = [baseStyles, buttonStyles, panelStyles];

  @query("saldo-composer") private composer!: SaldoComposer | null;

  /** The conversation's state. */
  @property({ attribute: false }) store!: ChatStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;
  /** The name in the header. */
  @property() company = "";

  private unwatch: (() => void) | null = null;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = watchReader(this.noticeReader);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  protected override updated(): void {
    this.noticeReader();
  }

  private readonly noticeReader = (): void => {
    if (isReaderHere()) this.store.markSeen();
  };

  private handleClose(): void {
    this.dispatchEvent(new Event("saldo-panel-close", { bubbles: true, composed: true }));
  }

  private handleKeydown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    this.handleClose();
  }

  private handleSend(event: MessageSendEvent): void {
    this.store.send({ kind: "message", text: event.text });
  }

  private handleDraft(event: DraftChangeEvent): void {
    this.store.keepDraft(event.text);
  }

  private handleButton(event: ButtonPressEvent): void {
    this.store.send({ kind: "button", text: event.title, buttonId: event.buttonId });
  }

  private handleCode(event: CodeCompleteEvent): void {
    this.store.send({ kind: "message", text: event.code, isSecret: true });
  }

  private handleCodeMissing(): void {
    this.store.send({ kind: "message", text: this.locale.text("code_missing") });
  }

  private handlePerson(): void {
    this.store.send({ kind: "handoff", text: this.locale.text("talk_to_person") });
  }

  /** The words are those of the server's own message: it takes the place of what is drawn until then. */
  private handleWaitingWish({ kind, callback }: WaitingWishEvent): void {
    const key =
      callback === null
        ? ({ "callback-cancel": "wish_live", "queue-leave": "wish_assistant", callback: "wish_message" } as const)[kind]
        : ({ call: "wish_call", message: "wish_message" } as const)[callback.way];
    this.store.send({ kind, text: this.locale.text(key), callback });
  }

  private handleLanguage(event: LanguageChooseEvent): void {
    this.store.chooseLanguage(event.language);
  }

  private handleRetry(event: MessageRetryEvent): void {
    this.store.retry(event.messageId);
  }

  private handleDiscard(event: MessageDiscardEvent): void {
    this.store.discard(event.messageId);
  }

  private handleFiles(event: FilesChooseEvent): void {
    for (const file of event.files) this.store.files.add(file);
  }

  private handleOpenFile(event: FileOpenEvent): void {
    const { holder } = this.store;
    if (holder) event.outcome = saveFile(event.file, holder);
  }

  /** A file that is dropped beside its target would take the place of the host's page. */
  private handleDrag(event: DragEvent): void {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  }

  private handleDrop(event: DragEvent): void {
    const files = event.dataTransfer?.files;
    if (!files || files.length === 0) return;
    event.preventDefault();
    if (this.store.takesFiles) this.composer?.offer(files);
  }

  private handleAnew(): void {
    this.store.startAnew();
  }

  focusComposer(): void {
    this.composer?.focus();
  }

  private renderHeader(): TemplateResult {
    const agent = this.store.conversation?.agent;
    return html`<div class="header">
      ${agent ? html`<span class="face" aria-hidden="true">${agent.name.slice(0, 1)}</span>` : nothing}
      <div class="who">
        <h2>${this.company}</h2>
        <p class="now" data-testid="who">${wordHeader(this.store, this.locale)}</p>
      </div>
      <saldo-language-menu
        .language=${this.store.language}
        .label=${this.locale.text("language")}
        @saldo-language-choose=${this.handleLanguage}
      ></saldo-language-menu>
      <button type="button" class="close" data-testid="close" aria-label=${this.locale.text("close_panel")} @click=${this.handleClose}>
        ${closeIcon}
      </button>
    </div>`;
  }

  private renderPerson(): TemplateResult | typeof nothing {
    if (this.store.isWithPeople) return nothing;
    return html`<button type="button" class="person" data-testid="talk-to-person" @click=${this.handlePerson}>
      ${personIcon}<span>${this.locale.text("talk_to_person")}</span>
    </button>`;
  }

  private renderComposer(): TemplateResult {
    return html`<saldo-composer
      .text=${this.store.draft}
      .files=${this.store.takesFiles}
      .locale=${this.locale}
      @saldo-message-send=${this.handleSend}
      @saldo-files-choose=${this.handleFiles}
      @saldo-draft-change=${this.handleDraft}
    ></saldo-composer>`;
  }

  /** For some hours an ended conversation goes on with whatever the customer writes. */
  private renderEnded(): TemplateResult {
    const until = reopensUntil(this.store.conversation, Date.now());
    const isOver = until === null;
    return html`<footer class="ended">
      ${isOver
        ? nothing
        : html`<p class="reopen" data-testid="reopen-hint">${this.locale.text("reopen_hint", momentOf(until, this.locale))}</p>
            ${this.renderComposer()}`}
      <button type="button" class="button ${isOver ? "primary" : "quiet"}" data-testid="start-anew" @click=${this.handleAnew}>
        ${this.locale.text("start_anew")}
      </button>
    </footer>`;
  }

  private renderFoot(): TemplateResult {
    if (this.store.isClosed) return this.renderEnded();
    return html`${this.store.connection === "offline"
        ? html`<p class="offline" role="status" data-testid="offline">${this.locale.text("offline")}</p>`
        : nothing}
      <footer>${this.renderComposer()}</footer>`;
  }

  override render(): TemplateResult {
    const { lines, connection } = this.store;
    const isEmpty = lines.length === 0 && connection === "connecting";
    return html`<div
      class="panel"
      role="dialog"
      aria-label=${this.locale.text("panel", { company: this.company })}
      data-testid="panel"
      @keydown=${this.handleKeydown}
      @dragover=${this.handleDrag}
      @drop=${this.handleDrop}
    >
      ${this.renderHeader()} ${this.renderPerson()}
      <saldo-transcript
        .lines=${lines}
        .locale=${this.locale}
        .typing=${this.store.typing}
        .conversation=${this.store.conversation}
        .seenUpTo=${this.store.conversation?.seen?.agent ?? 0}
        @saldo-button-press=${this.handleButton}
        @saldo-code-complete=${this.handleCode}
        @saldo-code-missing=${this.handleCodeMissing}
        @saldo-message-retry=${this.handleRetry}
        @saldo-message-discard=${this.handleDiscard}
        @saldo-waiting-wish=${this.handleWaitingWish}
        @saldo-file-open=${this.handleOpenFile}
        >${isEmpty ? html`<p class="connecting" role="status">${this.locale.text("connecting")}</p>` : nothing}</saldo-transcript
      >
      ${this.renderFoot()}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-chat-panel": SaldoChatPanel;
  }
}
