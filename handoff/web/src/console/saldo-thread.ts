/** The middle column: one conversation, from the handoff summary to the field for the answer or the wrap-up. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { live } from "lit/directives/live.js";
import type { CannedOut, TransferTo, TranscriptOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DraftChangeEvent, MessageDiscardEvent, MessageRetryEvent, MessageSendEvent } from "../components/events.ts";
import { leadFocus } from "../components/focus.ts";
import type { Aside } from "../components/saldo-transcript.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { isHeldBy } from "../state/console-rows.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import type { WritingKind } from "../state/console-writing.ts";
import { type Bindings, DEFAULTS } from "../state/keymap.ts";
import { ObserverController } from "../state/observable.ts";
import "../components/saldo-transcript.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import type {
  CallReportEvent,
  CloseAnswerEvent,
  FileChooseEvent,
  ModeChooseEvent,
  NoteDiscardEvent,
  SummaryToggleEvent,
  WrapUpChangeEvent,
  WrapUpDoneEvent,
} from "./events.ts";
import "./saldo-call-bar.ts";
import "./saldo-close-question.ts";
import type { SaldoCloseQuestion } from "./saldo-close-question.ts";
import "./saldo-handoff-summary.ts";
import "./saldo-note.ts";
import "./saldo-reply-box.ts";
import type { SaldoReplyBox } from "./saldo-reply-box.ts";
import "./saldo-thread-header.ts";
import "./saldo-transfer-dialog.ts";
import type { SaldoTransferDialog, TransferKind } from "./saldo-transfer-dialog.ts";
import "./saldo-unsent.ts";
import "./saldo-wrap-up.ts";
import type { SaldoWrapUp } from "./saldo-wrap-up.ts";
import { threadStyles } from "./thread.styles.ts";

/** @summary Transcript with notes, the field for the answer, and everything that happens to a conversation. */
@customElement("saldo-thread")
export class SaldoThread extends LitElement {
  static override styles = [baseStyles, buttonStyles, statusStyles, deskButtonStyles, threadStyles];

  /** Where somebody wants to write: the wish ends with the conversation. */
  private wantedIn: string | null = null;

  @query("saldo-reply-box") private box!: SaldoReplyBox | null;
  @query("saldo-wrap-up") private wrapUp!: SaldoWrapUp | null;
  @query("saldo-transfer-dialog") private transferDialog!: SaldoTransferDialog | null;
  @query("saldo-close-question") private closeQuestion!: SaldoCloseQuestion | null;

  @state() private isSummaryFolded: boolean | null = null;
  @state() private isAskingToClose = false;
  @state() private mode: WritingKind = "reply";

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** The reply templates; null until they have come. */
  @property({ attribute: false }) templates: readonly CannedOut[] | null = null;
  /** The templates cannot be fetched. */
  @property({ type: Boolean }) untold = false;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
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
    this.isSummaryFolded = null;
    this.mode = "reply";
  }

  /** Open until somebody has answered: then the conversation itself is what matters, and one line is left. */
  private get isFolded(): boolean {
    return this.isSummaryFolded ?? this.store.thread?.messages.some(({ sender }) => sender === "agent") === true;
  }

  /** While the transcript is on its way, the wish waits for its field; anywhere else it is void. */
  protected override updated(): void {
    if (this.wantedIn === null) return;
    const isHere = this.wantedIn === this.conversationId;
    if (isHere && !this.store.thread) return;
    this.wantedIn = null;
    if (!isHere) return;
    if (this.box) this.box.focus();
    else this.wrapUp?.focusNote();
  }

  get isCovered(): boolean {
    return this.transferDialog?.isOpen === true;
  }

  /** Put the cursor into the field, as soon as there is one. */
  write(mode: WritingKind): void {
    this.mode = mode;
    this.wantedIn = this.conversationId;
    this.requestUpdate();
  }

  /** Return whether there is a field to go to. */
  focusField(): boolean {
    this.box?.focus();
    return this.box !== null;
  }

  askForTemplate(): void {
    this.mode = "reply";
    void this.updateComplete.then(() => this.box?.askForTemplate());
  }

  chooseFile(): void {
    this.mode = "reply";
    void this.updateComplete.then(() => this.box?.chooseFile());
  }

  askToClose(): void {
    if (!this.isActive) return;
    this.isAskingToClose = true;
    void this.updateComplete.then(() => this.closeQuestion?.focus());
  }

  askWhereTo(kind: TransferKind): void {
    if (!this.isActive) return;
    void this.store.actions.loadPlaces();
    this.transferDialog?.show(kind);
  }

  finishWrapUp(): void {
    this.wrapUp?.finish();
  }

  foldSummary(): void {
    this.isSummaryFolded = !this.isFolded;
  }

  /** The list knows before the transcript has been fetched anew whose the conversation is, and whether it goes on. */
  private get isMine(): boolean {
    const { row, agent, isJoined } = this.store;
    return !isJoined && (row === null || isHeldBy(row, agent?.id));
  }

  private get isActive(): boolean {
    const { row, thread } = this.store;
    return this.isMine && (row ?? thread?.conversation)?.status === "active";
  }

  /** A supervisor who reads along writes notes only. */
  private get writesTo(): WritingKind {
    return this.store.isJoined ? "note" : this.mode;
  }

  private get customerName(): string {
    return this.store.thread?.customer?.name ?? this.store.row?.customer_name ?? this.locale.text("the_customer");
  }

  private handleSend(event: MessageSendEvent): void {
    this.store.write(event.text, this.writesTo);
  }

  private handleDraft(event: DraftChangeEvent): void {
    this.store.keepDraft(event.text, this.writesTo);
  }

  private handleHandover(event: DraftChangeEvent): void {
    this.store.keepDraft(event.text, "handover");
  }

  private handleMode(event: ModeChooseEvent): void {
    this.mode = event.mode;
  }

  private handleRetry(event: MessageRetryEvent): void {
    this.store.retryReply(event.messageId);
  }

  private handleDiscard(event: MessageDiscardEvent): void {
    this.store.discard(event.messageId, "reply");
  }

  private handleNoteDiscard(event: NoteDiscardEvent): void {
    this.store.discard(event.noteId, "note");
    this.box?.focus();
  }

  private handleFile(event: FileChooseEvent): void {
    if (this.conversationId !== null) this.store.actions.upload(this.conversationId, event.file);
  }

  /** What the server says against it stands in the dialog, beside the note that was written there. */
  private readonly pass = async (to: TransferTo | null): Promise<string | null> => {
    const { actions } = this.store;
    if (this.conversationId === null || (await actions.transfer(this.conversationId, to))) return null;
    const refusal = actions.refusal ?? "";
    actions.refuse(null);
    return refusal;
  };

  private handleCloseAnswer({ isToClose }: CloseAnswerEvent): void {
    this.isAskingToClose = false;
    if (isToClose) void this.close();
    else this.box?.focus();
  }

  /** Ending is the agent's own move, so that the focus may follow to the question that it raises. */
  private async close(): Promise<void> {
    const { conversationId } = this;
    await this.store.close();
    await this.updateComplete;
    if (conversationId === this.conversationId) leadFocus(this, this.wrapUp);
  }

  private handleWrapUpChange({ draft }: WrapUpChangeEvent): void {
    const endsAt = this.store.row?.wrapUpEndsAt;
    if (this.conversationId !== null) this.store.actions.keepWrapUp(this.conversationId, draft, (endsAt ?? Infinity) - Date.now());
  }

  private handleWrapUpDone({ done }: WrapUpDoneEvent): void {
    if (this.conversationId !== null) void this.store.actions.finishWrapUp(this.conversationId, done);
  }

  private handleProof(): void {
    if (this.conversationId !== null) void this.store.actions.requestProof(this.conversationId);
  }

  private handleCall({ callbackId, isReached }: CallReportEvent): void {
    void this.store.actions.reportCall(callbackId, isReached);
  }

  private handleSummary(event: SummaryToggleEvent): void {
    this.isSummaryFolded = event.isFolded;
  }

  private get asides(): Aside[] {
    const { locale } = this;
    const stored = (this.store.thread?.notes ?? []).map((note) => ({
      key: note.id,
      afterSeq: note.after_seq,
      content: html`<saldo-note .note=${note} .locale=${locale}></saldo-note>`,
    }));
    const pending = this.store.pendingNotes.map((entry) => ({
      key: entry.id,
      afterSeq: Number.MAX_SAFE_INTEGER,
      content: html`<saldo-note .pending=${entry} .locale=${locale} @saldo-note-discard=${this.handleNoteDiscard}></saldo-note>`,
    }));
    return [...stored, ...pending];
  }

  private renderBox(): TemplateResult {
    const { store, locale, writesTo: mode } = this;
    return html`<saldo-reply-box
        .text=${live(store.draft(mode))}
        .mode=${mode}
        .name=${this.customerName}
        .templates=${this.templates}
        ?failed=${this.untold}
        .uploading=${store.actions.uploadingIn(this.conversationId)}
        .channel=${store.thread?.conversation.channel ?? "webchat"}
        ?alone=${store.isJoined}
        .bindings=${this.bindings}
        .locale=${locale}
        @saldo-message-send=${this.handleSend}
        @saldo-draft-change=${this.handleDraft}
        @saldo-mode-choose=${this.handleMode}
        @saldo-file-choose=${this.handleFile}
      ></saldo-reply-box>`;
  }

  private wordReadOnly({ conversation, joined }: TranscriptOut): string {
    const name = conversation.agent?.name;
    if ((this.store.row ?? conversation).status === "closed") return this.locale.text("closed_by_now");
    if (joined !== true) return this.locale.text("moved_on");
    return name === undefined ? this.locale.text("read_only_nobody") : this.locale.text("joined", { name });
  }

  /** What was begun here cannot be sent any more, and is not thrown away either. */
  private renderDraft(kind: WritingKind): TemplateResult | typeof nothing {
    const text = this.store.draft(kind);
    if (text === "" || this.store.isJoined) return nothing;
    const drop = (): void => {
      this.store.keepDraft("", kind);
      this.requestUpdate();
    };
    return html`<saldo-unsent
      .text=${text}
      .reason=${this.locale.text(`unsent_${kind}`)}
      .locale=${this.locale}
      @saldo-text-drop=${drop}
    ></saldo-unsent>`;
  }

  private renderReadOnly(thread: TranscriptOut): TemplateResult {
    const isLive = thread.joined === true && thread.conversation.agent !== null && thread.conversation.status !== "closed";
    return html`<footer class="ended">
      <p data-testid="read-only">${this.wordReadOnly(thread)}</p>
      ${this.renderDraft("reply")} ${this.renderDraft("note")} ${isLive ? this.renderBox() : nothing}
    </footer>`;
  }

  private renderFoot(thread: TranscriptOut): TemplateResult {
    const { row, actions } = this.store;
    if (row?.wrap_up && row.status === "wrap_up" && this.isMine)
      return html`<div class="begun">${this.renderDraft("reply")} ${this.renderDraft("note")}</div>
        <saldo-wrap-up
        .wrapUp=${row.wrap_up}
        .endsAt=${row.wrapUpEndsAt}
        .draft=${actions.wrapUpDraft(row.id)}
        .bindings=${this.bindings}
        .locale=${this.locale}
        @saldo-wrap-up-change=${this.handleWrapUpChange}
        @saldo-wrap-up-done=${this.handleWrapUpDone}
      ></saldo-wrap-up>`;
    if (this.isActive) return html`<footer>${this.renderBox()}</footer>`;
    return this.renderReadOnly(thread);
  }

  private renderTransfer(thread: TranscriptOut): TemplateResult {
    const { store } = this;
    const { row, actions, agent } = store;
    return html`<saldo-transfer-dialog
      .places=${actions.places}
      .self=${agent?.id ?? null}
      .currentQueue=${row?.queue ?? null}
      .language=${thread.conversation.language}
      .note=${store.draft("handover")}
      .pass=${this.pass}
      .locale=${this.locale}
      @saldo-draft-change=${this.handleHandover}
    ></saldo-transfer-dialog>`;
  }

  private renderTranscript(thread: TranscriptOut): TemplateResult {
    const { store } = this;
    return html`<saldo-transcript
      perspective="agent"
      .lines=${store.lines}
      .asides=${this.asides}
      .seenUpTo=${thread.conversation.seen?.customer ?? 0}
      .locale=${this.locale}
      .conversation=${thread.conversation}
      .typing=${store.typingIn.has(this.conversationId ?? "") ? "customer" : null}
      @saldo-message-retry=${this.handleRetry}
      @saldo-message-discard=${this.handleDiscard}
    ></saldo-transcript>`;
  }

  override render(): TemplateResult {
    const { store, locale } = this;
    const { thread, row } = store;
    if (!thread) return html`<p class="loading" role="status">${locale.text("loading")}</p>`;
    return html`<saldo-thread-header
        .thread=${thread}
        .row=${row}
        .bindings=${this.bindings}
        .locale=${locale}
        ?active=${this.isActive}
        @saldo-proof-want=${this.handleProof}
      ></saldo-thread-header>
      ${this.isAskingToClose
        ? html`<saldo-close-question .locale=${locale} @saldo-close-answer=${this.handleCloseAnswer}></saldo-close-question>`
        : nothing}
      ${row?.callback && this.isActive
        ? html`<saldo-call-bar .call=${row.callback} .locale=${locale} @saldo-call-report=${this.handleCall}></saldo-call-bar>`
        : nothing}
      <saldo-handoff-summary
        .summary=${thread.summary}
        .locale=${locale}
        ?folded=${this.isFolded}
        @saldo-summary-toggle=${this.handleSummary}
      ></saldo-handoff-summary>
      ${keyed(
        // Nothing of one conversation is carried over into the next: no place in the transcript, no open list, no note.
        this.conversationId,
        html`${this.renderTranscript(thread)} ${this.renderFoot(thread)} ${this.renderTransfer(thread)}`,
      )}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-thread": SaldoThread;
  }
}
