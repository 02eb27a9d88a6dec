/** The left column: status and queue, the offer, the agent's conversations, and the way to everything else. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Presence } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { closeIcon, gearIcon } from "../components/icons.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage, wordPresence, wordTopic } from "../i18n/desk-words.ts";
import { byNeed } from "../state/console-rows.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import type { DeskSettings } from "../state/desk-settings.ts";
import { type Bindings, capOf, DEFAULTS, type DeskAction } from "../state/keymap.ts";
import { ObserverController } from "../state/observable.ts";
import type { WaitingList } from "../state/waiting-list.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { DeskActionEvent } from "./events.ts";
import "./saldo-alert-question.ts";
import "./saldo-conversation-list.ts";
import type { SaldoConversationList } from "./saldo-conversation-list.ts";
import "./saldo-offer-card.ts";
import "./saldo-waiting-list.ts";
import { sideStyles } from "./side.styles.ts";

const CHOICES = ["available", "away"] as const satisfies readonly Presence[];
/** Why the system may have set an agent away; a reason that the agent gave needs no explanation. */
const SET_AWAY = { missed: "missed_text", lost: "lost_text", agent_lost: "lost_text" } as const;

/** So long after the list has moved, a press of the mouse may still be meant for what stood there before. */
const SHAKEN_MS = 300;
/** After the agent's own press the second one of a double click. */
const CHOSEN_MS = 500;
const LOST_OFFER = { expired: "offer_gone", withdrawn: "offer_withdrawn" } as const;

/**
 * @summary Everything that tells an agent what to do next.
 * @event saldo-desk-action - An action that also has a key.
 */
@customElement("saldo-side")
export class SaldoSide extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, sideStyles];

  private timer: ReturnType<typeof setInterval> | undefined;

  private offerSeen: string | null = null;
  private orderSeen: readonly string[] = [];
  private chosenSeen: string | null = null;
  private unreadSeen = new Map<string, number>();
  private shakenTimer: ReturnType<typeof setTimeout> | undefined;

  @query("saldo-conversation-list") private list!: SaldoConversationList;

  @state() private now = Date.now();
  @state() private isShaken = false;
  /** Who has written in a conversation that is not before the agent's eyes. */
  @state() private newest: { id: string; words: string } | null = null;

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** Who waits in line. */
  @property({ attribute: false }) waiting: WaitingList | null = null;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
  /** What the agent has set, to be asked once how to be called. */
  @property({ attribute: false }) settings: DeskSettings | null = null;
  /** How many tasks wait for a person. */
  @property({ type: Number }) taskCount = 0;
  /** How many approvals wait for a supervisor. */
  @property({ type: Number }) approvalCount = 0;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => {
      this.now = Date.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    clearTimeout(this.shakenTimer);
  }

  protected override willUpdate(): void {
    const offered = this.store.offer?.id ?? null;
    if (this.hasUpdated && offered !== this.offerSeen) this.noticeOffer(offered);
    this.offerSeen = offered;
    this.noticeOrder();
    this.noticeUnread();
  }

  /** A row that is added below moves nothing. */
  private noticeOrder(): void {
    const order = byNeed(this.store.shownRows).map(({ id }) => id);
    if (this.orderSeen.some((id, at) => id !== order[at])) this.shake(this.store.chosenId === this.chosenSeen ? SHAKEN_MS : CHOSEN_MS);
    this.orderSeen = order;
    this.chosenSeen = this.store.chosenId;
  }

  /** What has been read is not news any more: the same sentence is said again when somebody writes again. */
  private noticeUnread(): void {
    const before = this.unreadSeen;
    this.unreadSeen = new Map(this.store.shownRows.map(({ id, unread }) => [id, unread]));
    if (this.newest && (this.unreadSeen.get(this.newest.id) ?? 0) === 0) this.newest = null;
    const more = this.store.shownRows.find(({ id, unread }) => unread > (before.get(id) ?? 0));
    if (!more) return;
    const name = more.customer_name ?? this.locale.text("customer_unknown");
    this.newest = { id: more.id, words: `${name}: ${this.locale.count("unread", more.unread)}` };
  }

  private shake(duration: number): void {
    this.isShaken = true;
    clearTimeout(this.shakenTimer);
    this.shakenTimer = setTimeout(() => (this.isShaken = false), duration);
  }

  /** The list moves by the height of the card; and with the card may go the button that had the focus. */
  private noticeOffer(offered: string | null): void {
    this.shake(SHAKEN_MS);
    const hadFocus = this.shadowRoot?.activeElement?.localName === "saldo-offer-card";
    if (offered === null && hadFocus) void this.updateComplete.then(() => { this.focus(); });
  }

  /** The list, or with nobody in it the status. */
  override focus(): void {
    if (this.store.shownRows.length > 0) this.list.focus();
    else this.shadowRoot?.querySelector("select")?.focus();
  }

  private handlePresence(event: Event): void {
    const chosen = (event.target as HTMLSelectElement).value;
    void this.store.setPresence(chosen === "available" ? "available" : "away");
  }

  private handleAvailable(): void {
    void this.store.setPresence("available");
  }

  private handleSignOut(): void {
    void this.store.signOut();
  }

  private asks(action: DeskAction): () => void {
    return () => {
      this.dispatchEvent(new DeskActionEvent(action));
    };
  }

  private cap(action: DeskAction): TemplateResult {
    return html`<kbd aria-hidden="true">${capOf(this.bindings[action])}</kbd>`;
  }

  private renderPresence(): TemplateResult {
    const presence = this.store.agent?.presence ?? "offline";
    const isChoice = CHOICES.some((choice) => choice === presence);
    return html`<label class="presence presence-${presence}">
      <span class="hidden">${this.locale.text("status")}</span>
      <select data-testid="presence" @change=${this.handlePresence} .value=${live(presence)}>
        ${isChoice ? nothing : html`<option value=${presence} selected disabled>${wordPresence(presence, this.locale)}</option>`}
        ${CHOICES.map(
          (choice) =>
            html`<option value=${choice} .selected=${live(choice === presence)}>${wordPresence(choice, this.locale)}</option>`,
        )}
      </select>
    </label>`;
  }

  private wordQueueLength(): TemplateResult {
    const { queue, queueAt } = this.store;
    if (queue.waiting === 0) return html`${this.locale.text("queue_empty")}`;
    const time = this.locale.duration((queue.oldest_wait_seconds ?? 0) + (this.now - queueAt) / 1000);
    return html`<b>${this.locale.count("queue_waiting", queue.waiting)}</b> · ${this.locale.text("queue_oldest", { time })}`;
  }

  private renderQueue(): TemplateResult {
    const isOpen = this.waiting?.isOpen === true;
    return html`<button
        type="button"
        class="plain queue"
        data-testid="queue"
        aria-expanded=${isOpen}
        @click=${this.asks("waiting")}
      >
        <span class="turn ${isOpen ? "open" : ""}">${closeIcon}</span><span class="words">${this.wordQueueLength()}</span>
        ${this.cap("waiting")}
      </button>`;
  }

  private renderWaiting(): TemplateResult | typeof nothing {
    if (this.waiting?.isOpen !== true) return nothing;
    return html`<saldo-waiting-list .list=${this.waiting} .now=${this.now} .locale=${this.locale}></saldo-waiting-list>`;
  }

  private renderTasks(): TemplateResult {
    return html`<button type="button" class="plain tasks" data-testid="tasks" @click=${this.asks("tasks")}>
      ${this.locale.text("tasks_count", { count: this.locale.number(this.taskCount) })} ${this.cap("tasks")}
    </button>`;
  }

  private renderApprovals(): TemplateResult | typeof nothing {
    if (this.store.agent?.role !== "supervisor") return nothing;
    const words = this.locale.text("approvals_count", { count: this.locale.number(this.approvalCount) });
    return html`<button type="button" class="plain tasks" data-testid="approvals" @click=${this.asks("approvals")}>
      ${this.approvalCount > 0 ? html`<b>${words}</b>` : html`<span>${words}</span>`} ${this.cap("approvals")}
    </button>`;
  }

  private renderOffer(): TemplateResult | typeof nothing {
    const { offer } = this.store;
    if (!offer) return nothing;
    return html`<saldo-offer-card .offer=${offer} .locale=${this.locale} .bindings=${this.bindings}></saldo-offer-card>`;
  }

  private renderMissed(): TemplateResult | typeof nothing {
    const { agent, lostOffer, offer, off } = this.store;
    if (offer) return nothing;
    const reason = Object.entries(SET_AWAY).find(([code]) => code === agent?.presence_reason)?.[1];
    if (off === null || reason === undefined)
      return lostOffer === null ? nothing : html`<p class="lost">${this.locale.text(LOST_OFFER[lostOffer])}</p>`;
    return html`<section class="missed" data-testid="missed">
      <h2>${this.locale.text("missed_title")}</h2>
      <p>${this.locale.text(reason)}</p>
      <button type="button" class="button primary" data-testid="back-available" @click=${this.handleAvailable}>
        ${this.locale.text("back_available")}
      </button>
    </section>`;
  }

  /** Said once for screen readers: the card itself counts seconds, and would be read out with each. */
  private renderNews(): TemplateResult {
    const { locale, store } = this;
    const { offer } = store;
    const facts = offer && [
      offer.customer_name ?? locale.text("customer_unknown"),
      wordLanguage(offer.language, locale),
      wordChannel(offer.channel, locale),
      wordTopic(offer.topic, locale),
    ];
    return html`<p class="hidden" role="status">${facts ? locale.text("offer_news", { facts: facts.join(", ") }) : nothing}</p>
      <p class="hidden" role="status" data-testid="message-news">${this.newest?.words}</p>`;
  }

  private renderQuestion(): TemplateResult | typeof nothing {
    if (!this.settings || this.store.agent?.presence !== "available") return nothing;
    return html`<saldo-alert-question .settings=${this.settings} .locale=${this.locale}></saldo-alert-question>`;
  }

  private renderFoot(): TemplateResult {
    const { locale, store } = this;
    const { signOutRefusal } = store;
    return html`<div class="foot">
      ${signOutRefusal === null
        ? nothing
        : html`<p class="lost" role="alert" data-testid="sign-out-refusal">${signOutRefusal || locale.text("sign_out_failed")}</p>`}
      <div class="row">
        <b class="me">${store.agent?.name}</b>
        <button type="button" class="plain" data-testid="sign-out" @click=${this.handleSignOut}>${locale.text("sign_out")}</button>
      </div>
      ${store.agent?.role === "supervisor"
        ? html`<div class="row"><a class="plain" href="/board" target="saldo-board" data-testid="board">${locale.text("board")}</a></div>`
        : nothing}
      <div class="row">
        <button type="button" class="plain" data-testid="settings" @click=${this.asks("settings")}>
          ${gearIcon}${locale.text("settings")}
        </button>
        <button type="button" class="plain" data-testid="keys" @click=${this.asks("help")}>${locale.text("keys")} ${this.cap("help")}</button>
      </div>
    </div>`;
  }

  override render(): TemplateResult {
    return html`<div class="top">${this.renderPresence()} ${this.renderQuestion()} ${this.renderQueue()} ${this.renderTasks()} ${this.renderApprovals()}</div>
      ${this.renderNews()}
      <div class="call">${this.renderOffer()}</div>
      <div class="call" role="status">${this.renderMissed()}</div>
      <div class="middle">
        ${this.renderWaiting()}
        <saldo-conversation-list
          .rows=${byNeed(this.store.shownRows)}
          .chosen=${this.store.chosenId}
          .typing=${this.store.typingIn}
          .now=${this.now}
          ?shaken=${this.isShaken}
          .locale=${this.locale}
        ></saldo-conversation-list>
      </div>
      ${this.renderFoot()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-side": SaldoSide;
  }
}
