/** The agent console: sign-in or desk, and the keyboard. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { consoleApi } from "../api/console.ts";
import { taskApi } from "../api/tasks.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { LanguageChooseEvent } from "../components/events.ts";
import { type DeskLocale, deskLocale } from "../i18n/desk-locale.ts";
import { pickLanguage } from "../i18n/locale.ts";
import { byNeed, neighbour } from "../state/console-rows.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { ObserverController } from "../state/observable.ts";
import { type KeyValueStore, openStore } from "../state/storage.ts";
import { TaskList } from "../state/task-list.ts";
import { Attention, playChime } from "./attention.ts";
import { consoleStyles } from "./console.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import type { ConversationChooseEvent, DeskActionEvent } from "./events.ts";
import { type DeskAction, findAction, isWritingIn } from "./keymap.ts";
import "./saldo-customer-panel.ts";
import "./saldo-keys-dialog.ts";
import type { SaldoKeysDialog } from "./saldo-keys-dialog.ts";
import "./saldo-login.ts";
import "./saldo-side.ts";
import "./saldo-tasks-dialog.ts";
import type { SaldoTasksDialog } from "./saldo-tasks-dialog.ts";
import "./saldo-thread.ts";
import type { SaldoThread } from "./saldo-thread.ts";

/** @summary Three columns for an agent's day. */
@customElement("saldo-console")
export class SaldoConsole extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, consoleStyles];

  private readonly stored: KeyValueStore = openStore();
  private readonly store = new ConsoleStore({ origin: location.origin, api: consoleApi, store: this.stored });
  private readonly tasks = new TaskList(taskApi);
  private readonly attention = new Attention(document);
  private calledFor: string | null = null;
  private locale: DeskLocale = deskLocale("en");

  @query("saldo-thread") private thread!: SaldoThread | null;
  @query("saldo-tasks-dialog") private tasksDialog!: SaldoTasksDialog | null;
  @query("saldo-keys-dialog") private keysDialog!: SaldoKeysDialog | null;

  @state() private isDrawerOpen = false;
  @state() private hasSound = this.stored.get("saldo:desk:sound") === "on";
  @state() private hasKeys = this.stored.get("saldo:desk:keys") !== "off";

  constructor() {
    super();
    new ObserverController(this, () => this.store);
    new ObserverController(this, () => this.tasks);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    globalThis.addEventListener("keydown", this.handleKeydown);
    void this.store.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    globalThis.removeEventListener("keydown", this.handleKeydown);
    this.tasks.stop();
  }

  protected override willUpdate(): void {
    const chosen = this.stored.get("saldo:desk:language");
    const language = pickLanguage(chosen, this.store.agent?.language, ...navigator.languages);
    if (this.locale.language !== language) this.locale = deskLocale(language);
    document.documentElement.lang = language;
  }

  protected override updated(): void {
    if (this.store.phase === "ready") this.tasks.start();
    else this.tasks.stop();
    const offer = this.store.offer;
    const isNew = offer !== null && offer.id !== this.calledFor;
    if (isNew && this.hasSound) playChime();
    this.calledFor = offer?.id ?? null;
    this.attention.show(this.locale.text("title"), offer ? this.locale.text("title_offer") : null);
  }

  private readonly handleKeydown = (event: KeyboardEvent): void => {
    const isCovered = this.keysDialog?.isOpen === true || this.tasksDialog?.isOpen === true;
    if (this.store.phase !== "ready" || isCovered || event.defaultPrevented) return;
    const action = findAction(event, isWritingIn(event.composedPath()), this.hasKeys);
    if (!action) return;
    if (action !== "leave") event.preventDefault();
    this.act(action);
  };

  private handleAction(event: DeskActionEvent): void {
    this.act(event.action);
  }

  private handleChoose(event: ConversationChooseEvent): void {
    this.store.choose(event.conversationId);
  }

  private handleLanguage(event: LanguageChooseEvent): void {
    this.stored.set("saldo:desk:language", event.language);
    this.requestUpdate();
  }

  private handleKeysToggle(): void {
    this.hasKeys = !this.hasKeys;
    this.stored.set("saldo:desk:keys", this.hasKeys ? "on" : "off");
  }

  private handleGoAvailable(): void {
    void this.store.setPresence("available");
  }

  private act(action: DeskAction): void {
    const actions: Record<DeskAction, () => void> = {
      accept: () => void this.accept(),
      decline: () => void this.store.declineOffer(),
      next: () => {
        this.move(1);
      },
      previous: () => {
        this.move(-1);
      },
      reply: () => this.thread?.focusComposer(),
      leave: () => {
        this.leave();
      },
      close: () => this.thread?.askToClose(),
      summary: () => this.thread?.foldSummary(),
      customer: () => (this.isDrawerOpen = !this.isDrawerOpen),
      status: () => void this.store.setPresence(this.store.agent?.presence === "away" ? "available" : "away"),
      sound: () => {
        this.toggleSound();
      },
      tasks: () => this.tasksDialog?.show(),
      help: () => this.keysDialog?.show(),
    };
    actions[action]();
  }

  /** Taking a conversation is the agent's own move, so the focus may follow to where the answer is written. */
  private async accept(): Promise<void> {
    if (!this.store.offer) return;
    await this.store.acceptOffer();
    await this.updateComplete;
    this.thread?.focusComposer();
  }

  private move(step: 1 | -1): void {
    this.store.choose(neighbour(byNeed(this.store.shownRows), this.store.chosenId, step));
  }

  private leave(): void {
    this.isDrawerOpen = false;
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    if (focused instanceof HTMLElement) focused.blur();
  }

  private toggleSound(): void {
    this.hasSound = !this.hasSound;
    this.stored.set("saldo:desk:sound", this.hasSound ? "on" : "off");
    if (this.hasSound) playChime();
  }

  private renderEmpty(): TemplateResult {
    const { locale, store } = this;
    if (store.offer) return html`<div class="empty"><p>${locale.text("offer_hint")}</p></div>`;
    if (store.shownRows.length > 0) return html`<div class="empty"><p>${locale.text("choose")}</p></div>`;
    const isAvailable = store.agent?.presence === "available";
    return html`<div class="empty">
      <p>${locale.text(isAvailable ? "available_hint" : "away_hint")}</p>
      ${isAvailable
        ? nothing
        : html`<button type="button" class="button primary" data-testid="go-available" @click=${this.handleGoAvailable}>
            ${locale.text("go_available")}
          </button>`}
    </div>`;
  }

  private renderCustomer(): TemplateResult {
    const { locale, store } = this;
    const toggle = (): void => {
      this.isDrawerOpen = false;
    };
    return html`<aside class=${this.isDrawerOpen ? "open" : ""} aria-label=${locale.text("customer_panel")} tabindex="0">
      <button type="button" class="plain hide" @click=${toggle}>${locale.text("hide")} <kbd aria-hidden="true">I</kbd></button>
      <saldo-customer-panel
        .customer=${store.thread?.customer ?? null}
        ?verified=${store.thread?.conversation.verified ?? false}
        .locale=${locale}
      ></saldo-customer-panel>
    </aside>`;
  }

  private renderDesk(): TemplateResult {
    const { locale, store } = this;
    return html`${store.isConnected ? nothing : html`<p class="lost" role="status">${locale.text("reconnecting")}</p>`}
      <div class="columns ${store.chosenId === null ? "" : "reading"}">
        <nav aria-label=${locale.text("conversations")}>
          <saldo-side
            .store=${store}
            .locale=${locale}
            .taskCount=${this.tasks.tasks.length}
            ?sound=${this.hasSound}
          ></saldo-side>
        </nav>
        <main>
          <h1 class="hidden">${locale.text("title")}</h1>
          ${store.chosenId === null
            ? this.renderEmpty()
            : html`<saldo-thread .store=${store} .locale=${locale} .conversationId=${store.chosenId}></saldo-thread>`}
        </main>
        ${store.chosenId === null ? nothing : this.renderCustomer()}
      </div>
      <saldo-tasks-dialog .list=${this.tasks} .locale=${locale}></saldo-tasks-dialog>
      <saldo-keys-dialog .locale=${locale} ?enabled=${this.hasKeys} @saldo-keys-toggle=${this.handleKeysToggle}></saldo-keys-dialog>`;
  }

  override render(): TemplateResult {
    const { locale, store } = this;
    if (store.phase === "loading")
      return html`<p class="loading" role="status">${locale.text(store.isUnreachable ? "unreachable" : "loading")}</p>`;
    return html`<div
      @saldo-language-choose=${this.handleLanguage}
      @saldo-desk-action=${this.handleAction}
      @saldo-conversation-choose=${this.handleChoose}
    >
      ${store.phase === "signed_out"
        ? html`<saldo-login .store=${store} .locale=${locale}></saldo-login>`
        : this.renderDesk()}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-console": SaldoConsole;
  }
}
