/** The agent console: sign-in or desk, the keyboard, and what calls the agent. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { consoleApi } from "../api/console.ts";
import { speak } from "../api/http.ts";
import { taskApi } from "../api/tasks.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { LanguageChooseEvent } from "../components/events.ts";
import { type DeskLocale, deskLocale } from "../i18n/desk-locale.ts";
import { wordQueue } from "../i18n/desk-words.ts";
import { pickLanguage } from "../i18n/locale.ts";
import { CannedBook } from "../state/canned-book.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { AlertRepeater, findAlert } from "../state/desk-alerts.ts";
import { DeskSettings } from "../state/desk-settings.ts";
import { capOf, type DeskAction } from "../state/keymap.ts";
import { ObserverController } from "../state/observable.ts";
import { PanelDesk, tabActions } from "../state/panel-desk.ts";
import { type KeyValueStore, openStore } from "../state/storage.ts";
import { TaskList } from "../state/task-list.ts";
import { WaitingList } from "../state/waiting-list.ts";
import { wordAlert, wordTitle } from "./alert-words.ts";
import { Attention, DeskVoice } from "./attention.ts";
import { consoleStyles } from "./console.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { DeskKeys } from "./desk-keys.ts";
import type { ConversationChooseEvent, DeskActionEvent, EntryTakeEvent } from "./events.ts";
import "./saldo-customer-panel.ts";
import "./saldo-desk-banners.ts";
import "./saldo-desk-dialogs.ts";
import type { SaldoDeskDialogs } from "./saldo-desk-dialogs.ts";
import "./saldo-desk-empty.ts";
import "./saldo-login.ts";
import "./saldo-side.ts";
import type { SaldoSide } from "./saldo-side.ts";
import "./saldo-thread.ts";
import type { SaldoThread } from "./saldo-thread.ts";

/** The packaged queues; what else a conversation comes from is added as it is seen. */
const USUAL_QUEUES = ["bills", "payments", "contracts", "general"];
const NEWS_MS = 4000;

/** @summary Three columns for an agent's day. */
@customElement("saldo-console")
export class SaldoConsole extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, consoleStyles];

  private readonly stored: KeyValueStore = openStore();
  private readonly panels = new PanelDesk(this.stored, (id) => {
    if (id === this.store.chosenId) this.store.choose(id);
  });
  private readonly store = new ConsoleStore({ origin: location.origin, api: consoleApi, store: this.stored, heard: this.panels.hear });
  private readonly settings = new DeskSettings(this.stored);
  private readonly tasks = new TaskList(taskApi);
  private readonly waiting = new WaitingList(consoleApi);
  private readonly canned = new CannedBook(consoleApi);
  private readonly attention = new Attention(document);
  private readonly voice = new DeskVoice({
    hasSound: () => this.settings.hasSound,
    isMuted: (queue) => this.settings.muted.has(queue),
    word: (alert) => wordAlert(alert, this.store.offer, this.locale),
  });
  private readonly alerts = new AlertRepeater(this.voice);
  private readonly keys = new DeskKeys({
    settings: this.settings,
    isCovered: () => this.isCovered,
    act: (action, isWriting) => {
      // Out of a field first, and only then out of a conversation that is read along.
      if (action === "leave" && !isWriting && this.store.isJoined) this.store.choose(null);
      this.act(action);
    },
  });
  private wasReady = false;
  private locale: DeskLocale = deskLocale("en");
  private queueSeen: unknown = null;
  private newsTimer: ReturnType<typeof setTimeout> | undefined;

  @query("saldo-thread") private thread!: SaldoThread | null;
  @query("saldo-side") private side!: SaldoSide | null;
  @query("saldo-desk-dialogs") private dialogs!: SaldoDeskDialogs | null;

  @state() private isDrawerOpen = false;
  /** What a key has just switched, said for a moment. */
  @state() private news: string | null = null;

  constructor() {
    super();
    for (const source of [this.store, this.tasks, this.settings, this.waiting, this.canned, this.panels.approvals])
      new ObserverController(this, () => source);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // The board is open in a window of its own, and finds the way back to this one.
    window.name = "saldo-console";
    this.keys.connect();
    globalThis.addEventListener("hashchange", this.handleAddress);
    globalThis.addEventListener("focus", this.handleReader);
    document.addEventListener("visibilitychange", this.handleReader);
    void this.store.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.keys.disconnect();
    globalThis.removeEventListener("hashchange", this.handleAddress);
    globalThis.removeEventListener("focus", this.handleReader);
    document.removeEventListener("visibilitychange", this.handleReader);
    this.voice.rest();
    this.settings.push.rest();
    this.tasks.stop();
    this.waiting.close();
    this.alerts.show(null);
  }

  protected override willUpdate(): void {
    const language = pickLanguage(this.settings.language, this.store.agent?.language, ...navigator.languages);
    if (this.locale.language !== language) this.locale = deskLocale(language);
    document.documentElement.lang = language;
    speak(language);
  }

  protected override updated(): void {
    const { store } = this;
    const isReady = store.phase === "ready";
    if (isReady !== this.wasReady) this.handlePhase(isReady);
    if (isReady) this.panels.book.keepOnly(store.ids);
    this.wasReady = isReady;
    const held = store.shownRows.filter(({ status }) => status === "active");
    const alert = isReady ? findAlert(store.offer, held) : null;
    this.alerts.show(alert);
    this.attention.show(this.locale.text("title"), alert && wordTitle(alert, held, this.locale));
    if (this.queueSeen !== store.queue) this.waiting.refresh();
    this.queueSeen = store.queue;
  }

  private handlePhase(isReady: boolean): void {
    if (!isReady) {
      this.tasks.stop();
      this.panels.stop();
      this.waiting.close();
      this.canned.clear();
      this.voice.rest();
      this.settings.push.rest();
      return;
    }
    this.panels.start(this.store.agent);
    this.tasks.start();
    this.voice.wake();
    // What cannot be asked is not offered in the settings.
    this.settings.push.start().catch(() => undefined);
    this.handleAddress();
    if (this.settings.language !== null && this.store.agent?.language !== this.locale.language)
      void this.store.setLanguage(this.locale.language);
  }

  private readonly handleReader = (): void => {
    this.store.noticeReader();
  };

  /** A link names a conversation: a supervisor comes from the board to read along. It is followed once. */
  private readonly handleAddress = (): void => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const id = wanted.get("conversation");
    if ((id === null && !wanted.has("approvals")) || this.store.phase !== "ready") return;
    history.replaceState(null, "", location.pathname + location.search);
    if (id !== null) this.store.choose(id);
    else setTimeout(() => { this.act("approvals"); }); // the dialogs come with the desk
  };

  private get isSupervisor(): boolean {
    return this.store.agent?.role === "supervisor";
  }

  private get isCovered(): boolean {
    return this.store.phase !== "ready" || this.dialogs?.isOpen === true || this.thread?.isCovered === true;
  }

  private handleAction(event: DeskActionEvent): void {
    this.act(event.action);
  }

  private handleChoose(event: ConversationChooseEvent): void {
    this.store.choose(event.conversationId);
  }

  private handleTake(event: EntryTakeEvent): void {
    void this.take(event.entryId);
  }

  private handleCanned(): void {
    const { thread, chosenId } = this.store;
    if (thread && chosenId !== null) void this.canned.want(chosenId, thread.conversation.language);
  }

  private handleLanguage(event: LanguageChooseEvent): void {
    this.settings.chooseLanguage(event.language);
    if (this.store.phase === "ready") void this.store.setLanguage(event.language);
  }

  private handleDismiss(): void {
    this.store.actions.refuse(null);
    if (this.thread?.focusField() !== true) this.side?.focus();
  }

  private act(action: DeskAction): void {
    const actions: Record<DeskAction, () => unknown> = { ...this.ownActions, ...this.threadActions, ...this.panelActions };
    void actions[action]();
  }

  private readonly panelActions = tabActions((tab) => {
    this.isDrawerOpen = true;
    this.panels.book.ask(tab);
  });

  private readonly threadActions = {
    reply: () => this.thread?.write("reply"),
    note: () => this.thread?.write("note"),
    canned: () => this.thread?.askForTemplate(),
    attach: () => this.thread?.chooseFile(),
    transfer: () => this.thread?.askWhereTo("queue"),
    bot: () => this.thread?.askWhereTo("bot"),
    close: () => this.thread?.askToClose(),
    done: () => this.thread?.finishWrapUp(),
    summary: () => this.thread?.foldSummary(),
  };

  private readonly ownActions = {
    accept: () => this.accept(),
    decline: () => this.store.declineOffer(),
    next: () => {
      this.store.move(1);
    },
    previous: () => {
      this.store.move(-1);
    },
    customer: () => (this.isDrawerOpen = !this.isDrawerOpen),
    waiting: () => {
      this.waiting.toggle();
    },
    tasks: () => this.dialogs?.show("tasks"),
    approvals: () => this.isSupervisor && this.dialogs?.show("approvals"),
    status: () => this.store.setPresence(this.store.off !== null ? "available" : "away"),
    sound: () => {
      this.toggleSound();
    },
    mute: () => {
      this.toggleMuted();
    },
    // Beside the desk: on its page the agent would be gone for the customers.
    board: () => this.isSupervisor && window.open("/board", "saldo-board"),
    settings: () => this.dialogs?.show("settings"),
    help: () => this.dialogs?.show("keys"),
    leave: () => {
      this.leave();
    },
  };

  /** Taking a conversation is the agent's own move, so the focus may follow to where the answer is written. */
  private async accept(): Promise<void> {
    const isTaken = await this.store.acceptOffer();
    await this.updateComplete;
    // Refused, the cursor stays where it is: the field at hand is the one of another customer.
    if (isTaken) this.thread?.write("reply");
  }

  private async take(entryId: string): Promise<void> {
    const isTaken = await this.store.actions.take(entryId);
    this.waiting.refresh();
    await this.updateComplete;
    if (isTaken) this.thread?.write("reply");
  }

  private leave(): void {
    this.isDrawerOpen = false;
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    if (focused instanceof HTMLElement) focused.blur();
  }

  private toggleSound(): void {
    this.settings.hasSound = !this.settings.hasSound;
    this.say(this.locale.text(this.settings.hasSound ? "sound_on" : "sound_off"));
  }

  private toggleMuted(): void {
    const queue = this.store.offer?.queue ?? this.store.row?.queue;
    if (queue == null) return;
    const isMuted = this.settings.toggleMuted(queue);
    this.say(this.locale.text(isMuted ? "muted" : "unmuted", { queue: wordQueue(queue, this.locale) }));
  }

  private say(news: string): void {
    this.news = news;
    clearTimeout(this.newsTimer);
    this.newsTimer = setTimeout(() => (this.news = null), NEWS_MS);
  }

  private renderCustomer(): TemplateResult {
    const { locale, store } = this;
    const toggle = (): void => {
      this.isDrawerOpen = false;
    };
    return html`<aside class=${this.isDrawerOpen ? "open" : ""} aria-label=${locale.text("customer_panel")} tabindex="0">
      <button type="button" class="plain hide" @click=${toggle}>
        ${locale.text("hide")} <kbd aria-hidden="true">${capOf(this.settings.bindings.customer)}</kbd>
      </button>
      <saldo-customer-panel
        .customer=${store.thread?.customer ?? null}
        ?verified=${store.thread?.conversation.verified ?? false}
        .conversationId=${store.chosenId}
        .book=${this.panels.book}
        .locale=${locale}
      ></saldo-customer-panel>
    </aside>`;
  }

  private renderThread(): TemplateResult {
    const { locale, store } = this;
    if (store.chosenId === null)
      return html`<saldo-desk-empty .store=${store} .bindings=${this.settings.bindings} .locale=${locale}></saldo-desk-empty>`;
    return html`<saldo-thread
      .store=${store}
      .templates=${this.canned.templates(store.chosenId)}
      ?untold=${this.canned.hasFailed}
      .bindings=${this.settings.bindings}
      .locale=${locale}
      .conversationId=${store.chosenId}
    ></saldo-thread>`;
  }

  private get queues(): string[] {
    const seen = [this.store.offer?.queue, ...this.store.rows.map((row) => row.queue), ...this.settings.muted];
    return [...new Set([...USUAL_QUEUES, ...seen.filter((queue) => queue != null)])];
  }

  private renderDesk(): TemplateResult {
    const { locale, store, settings } = this;
    return html`<saldo-desk-banners
        .store=${store}
        .news=${this.news}
        .locale=${locale}
        @saldo-refusal-dismiss=${this.handleDismiss}
      ></saldo-desk-banners>
      <div class="columns ${store.chosenId === null ? "" : "reading"}">
        <nav aria-label=${locale.text("conversations")}>
          <saldo-side
            .store=${store}
            .waiting=${this.waiting}
            .locale=${locale}
            .bindings=${settings.bindings}
            .settings=${settings}
            .taskCount=${this.tasks.entries.length}
            .approvalCount=${this.panels.approvals.entries.length}
          ></saldo-side>
        </nav>
        <main>
          <h1 class="hidden">${locale.text("title")}</h1>
          ${this.renderThread()}
        </main>
        ${store.chosenId === null ? nothing : this.renderCustomer()}
      </div>
      <saldo-desk-dialogs
        .tasks=${this.tasks}
        .approvals=${this.panels.approvals}
        .settings=${settings}
        .queues=${this.queues}
        .locale=${locale}
      ></saldo-desk-dialogs>`;
  }

  override render(): TemplateResult {
    const { locale, store } = this;
    if (store.phase === "loading")
      return html`<p class="loading" role="status">${locale.text(store.isUnreachable ? "unreachable" : "loading")}</p>`;
    return html`<div
      @saldo-language-choose=${this.handleLanguage}
      @saldo-desk-action=${this.handleAction}
      @saldo-conversation-choose=${this.handleChoose}
      @saldo-entry-take=${this.handleTake}
      @saldo-canned-want=${this.handleCanned}
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
