/** The left column: status and queue, the offer, the agent's conversations, and the agent's own settings. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Presence } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordPresence } from "../i18n/desk-words.ts";
import { byNeed } from "../state/console-rows.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import { ObserverController } from "../state/observable.ts";
import "../components/saldo-language-menu.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { DeskActionEvent } from "./events.ts";
import "./saldo-conversation-list.ts";
import "./saldo-offer-card.ts";
import { sideStyles } from "./side.styles.ts";

const CHOICES = ["available", "away"] as const satisfies readonly Presence[];

/**
 * @summary Everything that tells an agent what to do next.
 * @event saldo-desk-action - An action that also has a key.
 */
@customElement("saldo-side")
export class SaldoSide extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, sideStyles];

  private timer: ReturnType<typeof setInterval> | undefined;

  @state() private now = Date.now();

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;
  /** How many tasks wait for a person. */
  @property({ type: Number }) taskCount = 0;
  /** Whether a new offer is also heard. */
  @property({ type: Boolean }) sound = false;

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
  }

  private handlePresence(event: Event): void {
    const chosen = (event.target as HTMLSelectElement).value;
    void this.store.setPresence(chosen === "available" ? "available" : "away");
  }

  private handleSound(): void {
    this.dispatchEvent(new DeskActionEvent("sound"));
  }

  private handleHelp(): void {
    this.dispatchEvent(new DeskActionEvent("help"));
  }

  private handleTasks(): void {
    this.dispatchEvent(new DeskActionEvent("tasks"));
  }

  private handleSignOut(): void {
    void this.store.signOut();
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
            html`<option value=${choice} ?selected=${choice === presence}>${wordPresence(choice, this.locale)}</option>`,
        )}
      </select>
    </label>`;
  }

  private renderQueue(): TemplateResult {
    const { queue, queueAt } = this.store;
    const oldest = queue.oldest_wait_seconds;
    if (queue.waiting === 0) return html`<p class="queue" data-testid="queue">${this.locale.text("queue_empty")}</p>`;
    const time = this.locale.wait((oldest ?? 0) + (this.now - queueAt) / 1000);
    return html`<p class="queue" data-testid="queue">
      <b>${this.locale.count("queue_waiting", queue.waiting)}</b> · ${this.locale.text("queue_oldest", { time })}
    </p>`;
  }

  private renderTasks(): TemplateResult {
    return html`<button type="button" class="plain tasks" data-testid="tasks" @click=${this.handleTasks}>
      ${this.locale.text("tasks_count", { count: this.locale.number(this.taskCount) })} <kbd aria-hidden="true">T</kbd>
    </button>`;
  }

  private renderOffer(): TemplateResult | typeof nothing {
    const { offer, hasLostOffer } = this.store;
    if (offer) return html`<saldo-offer-card .offer=${offer} .locale=${this.locale}></saldo-offer-card>`;
    return hasLostOffer ? html`<p class="lost">${this.locale.text("offer_gone")}</p>` : nothing;
  }

  private renderSettings(): TemplateResult {
    const { locale } = this;
    const { signOutRefusal } = this.store;
    return html`<div class="settings">
      ${signOutRefusal === null ? nothing : html`<p class="lost" role="alert" data-testid="sign-out-refusal">${signOutRefusal}</p>`}
      <div class="me">
        <b>${this.store.agent?.name}</b>
        <saldo-language-menu .language=${locale.language} .label=${locale.text("language")}></saldo-language-menu>
      </div>
      <label class="plain"><input type="checkbox" .checked=${this.sound} @change=${this.handleSound} />${locale.text("sound")}</label>
      <div class="row">
        <button type="button" class="plain" @click=${this.handleHelp}>${locale.text("keys")} <kbd aria-hidden="true">?</kbd></button>
        <button type="button" class="plain" data-testid="sign-out" @click=${this.handleSignOut}>${locale.text("sign_out")}</button>
      </div>
    </div>`;
  }

  override render(): TemplateResult {
    return html`<div class="top">${this.renderPresence()} ${this.renderQueue()} ${this.renderTasks()}</div>
      <div class="middle">
        <div role="status">${this.renderOffer()}</div>
        <saldo-conversation-list
          .rows=${byNeed(this.store.shownRows)}
          .chosen=${this.store.chosenId}
          .now=${this.now}
          .locale=${this.locale}
        ></saldo-conversation-list>
      </div>
      ${this.renderSettings()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-side": SaldoSide;
  }
}
