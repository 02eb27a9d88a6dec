/** The conversation as groups of messages, for the customer and for the agent. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Card, ConversationOut, MessageState, Sender } from "../api/protocol.ts";
import type { Locale, SharedLocale } from "../i18n/locale.ts";
import { findOfferedButtons, findOpenCodeCard, firstName, type Line, type LineGroup, toGroups } from "../state/transcript.ts";
import { baseStyles, buttonStyles } from "./base.styles.ts";
import { ButtonPressEvent, MessageDiscardEvent, MessageRetryEvent } from "./events.ts";
import { downIcon } from "./icons.ts";
import { renderCard } from "./message-card.ts";
import { transcriptStyles } from "./transcript.styles.ts";
import { renderUpload, renderUploadState, uploadStyles } from "./upload.ts";
import "./saldo-waiting-card.ts";

/** Something between two messages that is itself none, such as a colleague's note. */
export interface Aside {
  key: string;
  /** The message after which it stands; 0 for the beginning. */
  afterSeq: number;
  content: TemplateResult;
}

const BOTTOM_WITHIN_PX = 40;
/** Room above a long answer for its sender and time. */
const READ_FROM_PX = 36;

/**
 * @summary Messages in groups with one time each; stays at the end unless the reader has scrolled away.
 * @slot - Shown before the first message.
 * @event saldo-button-press - One of the offered answers was chosen.
 * @event saldo-message-retry - A failed message shall be tried again.
 * @event saldo-message-discard - A failed message shall be given up.
 */
@customElement("saldo-transcript")
export class SaldoTranscript extends LitElement {
  static override styles = [baseStyles, buttonStyles, transcriptStyles, uploadStyles];

  private isAtEnd = true;
  private lastScrollTop = 0;
  private firstNew: string | null = null;
  private readonly sizes = new ResizeObserver(() => {
    if (this.isAtEnd) this.scrollToEnd();
  });

  @query(".scroll") private scroller!: HTMLElement;
  @query(".content") private content!: HTMLElement;

  @state() private hasUnseen = false;

  /** Stored and pending messages in order. */
  @property({ attribute: false }) lines: readonly Line[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;
  /** Whose side is the right one. */
  @property() perspective: "customer" | "agent" = "customer";
  /** Who is writing just now. */
  @property() typing: Sender | null = null;
  /** The conversation, for the waiting card and the names. */
  @property({ attribute: false }) conversation: ConversationOut | null = null;
  /** The last message that the other side has had before its eyes. */
  @property({ type: Number }) seenUpTo = 0;
  /** What stands between the messages, in order. */
  @property({ attribute: false }) asides: readonly Aside[] = [];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override firstUpdated(): void {
    this.observeSizes();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.observeSizes();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("lines");
    if (!before || before.length >= this.lines.length) return;
    if (this.lines.at(-1)?.sender === this.perspective) this.follow(null);
    else if (this.isAtEnd) this.follow(this.lines[before.length]?.key ?? null);
    else this.hasUnseen = true;
  }

  protected override updated(): void {
    if (this.isAtEnd) this.scrollToEnd();
  }

  private observeSizes(): void {
    this.sizes.observe(this.scroller);
    this.sizes.observe(this.content);
  }

  private isOwn(sender: Sender): boolean {
    if (this.perspective === "customer") return sender === "customer";
    return sender === "agent" || sender === "bot";
  }

  /** Stay at the end; a long answer stays at its first line instead, so that it is read from the start. */
  private follow(firstNew: string | null): void {
    this.isAtEnd = true;
    this.firstNew = firstNew;
  }

  private scrollToEnd(): void {
    const { scrollHeight, clientHeight } = this.scroller;
    const lines = this.renderRoot.querySelectorAll<HTMLElement>(".line");
    const line = [...lines].find((element) => element.dataset["key"] === this.firstNew);
    const start = line ? line.offsetTop - READ_FROM_PX : Infinity;
    this.scroller.scrollTop = Math.min(scrollHeight - clientHeight, start);
    this.lastScrollTop = this.scroller.scrollTop;
    this.hasUnseen = scrollHeight - clientHeight - this.scroller.scrollTop > BOTTOM_WITHIN_PX;
  }

  private handleScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < BOTTOM_WITHIN_PX;
    // Growing content fires scroll events too; only a move is the reader's own.
    if (Math.abs(scrollTop - this.lastScrollTop) > 1) {
      this.isAtEnd = isNearEnd;
      this.firstNew = null;
    }
    this.lastScrollTop = scrollTop;
    if (isNearEnd) this.hasUnseen = false;
  }

  private handleBelow(): void {
    this.follow(null);
    this.scrollToEnd();
  }

  private senderName(group: Pick<LineGroup, "sender" | "agentName">): string {
    if (group.sender === "bot") return this.locale.text("assistant");
    if (group.sender === "agent") return group.agentName === null ? this.locale.text("someone") : firstName(group.agentName);
    if (group.sender === "system") return this.locale.text("notice");
    return this.perspective === "customer" ? this.locale.text("you") : this.ofCustomer("customer_named");
  }

  /** The words that only a desk has, where somebody else is the customer. */
  private ofCustomer(key: "customer_named" | "typing_customer"): string {
    return (this.locale as unknown as Locale<Record<typeof key, string>>).text(key);
  }

  private renderState(line: Line, isLast: boolean): TemplateResult | typeof nothing {
    if (line.delivery === "failed") return this.renderFailure(line);
    if (line.upload) return renderUploadState(line, this.locale);
    if (line.delivery === "sending") return html`<span class="state">${this.locale.text("state_sending")}</span>`;
    const state = this.stateOf(line);
    if (!isLast && state !== "undelivered") return nothing;
    return html`<span class="state ${state}" data-testid="state">${this.locale.text(`state_${state}`)}</span>`;
  }

  private stateOf(line: Line): MessageState {
    const { seq = Infinity, state } = line.message ?? {};
    return seq <= this.seenUpTo ? "seen" : (state ?? "sent");
  }

  private renderFailure(line: Line): TemplateResult {
    const retry = (): boolean => this.dispatchEvent(new MessageRetryEvent(line.key));
    const discard = (): boolean => this.dispatchEvent(new MessageDiscardEvent(line.key));
    return html`<span class="state" role="alert">
      <span>${this.locale.text("state_failed")}. ${line.refusal}</span>
      <button type="button" class="link" data-testid="retry" @click=${retry}>${this.locale.text("retry")}</button>
      <button type="button" class="link" data-testid="discard" @click=${discard}>${this.locale.text("discard")}</button>
    </span>`;
  }

  private renderAnswers(line: Line): TemplateResult | typeof nothing {
    const offered = findOfferedButtons(this.lines);
    const isOffered = offered !== null && offered.seq === line.message?.seq && this.conversation?.status !== "closed";
    if (this.perspective !== "customer" || !isOffered) return nothing;
    return html`<div class="answers" data-testid="buttons">
      ${offered.buttons.map(({ id, title }) => {
        const press = (): boolean => this.dispatchEvent(new ButtonPressEvent(id, title));
        return html`<button type="button" class="button quiet" data-testid="button" @click=${press}>${title}</button>`;
      })}
    </div>`;
  }

  private renderCard(card: Card, line: Line): TemplateResult | typeof nothing {
    if (card.type === "code" && this.conversation?.status === "closed") return nothing;
    return renderCard(card, this.locale, this.perspective, findOpenCodeCard(this.lines) !== line.message?.seq);
  }

  /** A file's name stands on its card. */
  private renderText(line: Line): TemplateResult | typeof nothing {
    if (line.upload) return renderUpload(line, this.locale);
    if (line.text === "" || line.message?.card?.type === "file") return nothing;
    return html`<p class="bubble" data-testid="message-text">${line.text}</p>`;
  }

  private renderLine(line: Line): TemplateResult {
    const card = line.message?.card ?? null;
    const isOwn = this.isOwn(line.sender);
    const isLast = isOwn && line.sender === this.perspective && line === this.lines.at(-1);
    return html`<div
      class="line ${line.delivery} ${card ? "wide" : ""}"
      data-testid="message"
      data-key=${line.key}
      data-sender=${line.sender}
      data-seq=${line.message?.seq ?? nothing}
      data-delivery=${line.delivery}
    >
      ${this.renderText(line)} ${card && this.renderCard(card, line)}
      ${this.renderState(line, isLast)} ${this.renderAnswers(line)}
    </div>`;
  }

  private renderGroup(group: LineGroup): TemplateResult {
    const isSelf = group.sender === this.perspective;
    const isCustomerHere = this.perspective === "agent" && group.sender === "customer";
    const time = html`<time datetime=${new Date(group.startedAt).toISOString()}>${this.locale.time(group.startedAt)}</time>`;
    const meta =
      group.sender === "system"
        ? nothing
        : html`<p class="meta"><b class=${isSelf || isCustomerHere ? "hidden" : ""}>${this.senderName(group)}</b>${time}</p>`;
    return html`<div class="group ${group.sender} ${this.isOwn(group.sender) ? "own" : ""}">
      ${meta}${repeat(group.lines, ({ key }) => key, (line) => this.renderLine(line))}
    </div>`;
  }

  private renderGroups(): TemplateResult[] {
    let lastDay = "";
    let rest = this.asides;
    const groups = toGroups(this.lines, new Set(rest.map(({ afterSeq }) => afterSeq))).map((group) => {
      const from = group.lines[0]?.message?.seq ?? Infinity;
      const before = rest.filter(({ afterSeq }) => afterSeq < from);
      rest = rest.filter(({ afterSeq }) => afterSeq >= from);
      const day = this.locale.day(group.startedAt);
      const isNewDay = day !== lastDay;
      lastDay = day;
      return html`${renderAsides(before)}${isNewDay ? html`<p class="day">${day}</p>` : nothing}${this.renderGroup(group)}`;
    });
    return [...groups, html`${renderAsides(rest)}`];
  }

  private renderTyping(): TemplateResult | typeof nothing {
    const isBotDone = this.typing === "bot" && this.conversation?.status !== "with_bot";
    if (!this.typing || isBotDone) return nothing;
    const text = this.whoIsTyping(this.typing);
    return html`<p class="typing" data-testid="typing">
      <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="hidden">${text}</span>
    </p>`;
  }

  private whoIsTyping(sender: Sender): string {
    if (sender === "bot") return this.locale.text("typing_bot");
    if (sender === "customer") return this.ofCustomer("typing_customer");
    return this.locale.text("typing_agent", { name: firstName(this.conversation?.agent?.name ?? this.locale.text("someone")) });
  }

  private renderWaiting(): TemplateResult | typeof nothing {
    const conversation = this.conversation;
    const isWaiting = conversation?.status === "queued" || conversation?.status === "offered";
    if (this.perspective !== "customer" || !isWaiting) return nothing;
    return html`<saldo-waiting-card .conversation=${conversation} .locale=${this.locale}></saldo-waiting-card>`;
  }

  override render(): TemplateResult {
    return html`<div class="scroll" tabindex="0" @scroll=${this.handleScroll}>
        <div class="content" role="log" aria-live="polite" aria-label=${this.locale.text("transcript")} data-testid="messages">
          <slot></slot>
          ${this.renderGroups()} ${this.renderWaiting()} ${this.renderTyping()}
        </div>
      </div>
      ${this.hasUnseen
        ? html`<button type="button" class="below" data-testid="more-below" @click=${this.handleBelow}>
            ${downIcon}${this.locale.text("more_below")}
          </button>`
        : nothing}`;
  }
}

function renderAsides(asides: readonly Aside[]): unknown {
  return repeat(asides, ({ key }) => key, ({ content }) => content);
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-transcript": SaldoTranscript;
  }
}
