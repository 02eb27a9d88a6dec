/** The supervisors' board: sign-in, or everything at a glance. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { boardApi, type BoardOut } from "../api/board.ts";
import { speak } from "../api/http.ts";
import type { Language } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { LanguageChooseEvent } from "../components/events.ts";
import "../components/saldo-language-menu.ts";
import { crossIcon } from "../components/icons.ts";
import { isReaderHere, watchReader } from "../components/reader-here.ts";
import { Attention, playChime } from "../console/attention.ts";
import "../console/saldo-login.ts";
import { type BoardLocale, boardLocale } from "../i18n/board/locale.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { pickLanguage } from "../i18n/locale.ts";
import { AlertRepeater } from "../state/desk-alerts.ts";
import { ObserverController } from "../state/observable.ts";
import { type KeyValueStore, openStore } from "../state/storage.ts";
import { AlarmWatch, alertOf, type Caller, callersOf, wordCaller, wordNews } from "./alarm-watch.ts";
import { BoardStore } from "./board-store.ts";
import { boardStyles } from "./board.styles.ts";
import type { AssignWishEvent, QuestionEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import "./saldo-board-agents.ts";
import "./saldo-board-assign.ts";
import type { SaldoBoardAssign } from "./saldo-board-assign.ts";
import "./saldo-board-day.ts";
import "./saldo-board-line.ts";
import "./saldo-board-number.ts";
import type { SaldoBoardNumber } from "./saldo-board-number.ts";
import "./saldo-board-numbers.ts";
import "./saldo-board-queues.ts";
import "./saldo-board-today.ts";
import { wordQueue, wordTongue } from "./words.ts";

const SOUND = "saldo:board:sound";

/** @summary The page of a supervisor. */
@customElement("saldo-board")
export class SaldoBoard extends LitElement {
  static override styles = [baseStyles, buttonStyles, panelStyles, boardStyles];

  private readonly stored: KeyValueStore = openStore();
  private readonly store = new BoardStore({ origin: location.origin, api: boardApi });
  private readonly attention = new Attention(document);
  private readonly watch = new AlarmWatch();
  private readonly alerts = new AlertRepeater({
    call: () => {
      if (this.hasSound) playChime();
    },
    end: () => undefined,
  });
  private unwatch: (() => void) | null = null;
  private locale: BoardLocale = boardLocale("en");
  /** What was last said aloud of an alarm. */
  private news = "";

  @query("saldo-board-number") private numberDialog!: SaldoBoardNumber | null;
  @query("saldo-board-assign") private assignDialog!: SaldoBoardAssign | null;
  @state() private language: Language = "en";

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = watchReader(() => {
      this.requestUpdate();
    });
    void this.store.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.alerts.show(null);
    this.store.stop();
  }

  protected override willUpdate(): void {
    this.language = pickLanguage(this.stored.get("saldo:desk:language"), ...navigator.languages);
    if (this.locale.language !== this.language) this.locale = boardLocale(this.language);
    document.documentElement.lang = this.language;
    speak(this.language);
    this.showCallers(this.store.board ? callersOf(this.store.board) : []);
  }

  /** Who calls is counted in the title; what nobody has seen calls from the background, and is read aloud once. */
  private showCallers(callers: readonly Caller[]): void {
    const { locale } = this;
    const [newest] = this.watch.follow(callers, isReaderHere());
    const calm = locale.text("board_title");
    if (newest) this.news = wordNews(newest, locale);
    const call = newest && !isReaderHere() ? `(${callers.length}) ${wordCaller(newest, locale)}` : null;
    this.attention.show(callers.length === 0 ? calm : `(${callers.length}) ${calm}`, call);
    this.alerts.show(alertOf(newest));
  }

  /** Nobody asked the board to make a noise before they do. */
  private get hasSound(): boolean {
    return this.stored.get(SOUND) === "on";
  }

  /** The first sound says what it is like, and lets the browser make the next. */
  private handleSound(): void {
    this.stored.set(SOUND, this.hasSound ? "off" : "on");
    if (this.hasSound) playChime();
    this.requestUpdate();
  }

  private handleLanguage(event: LanguageChooseEvent): void {
    this.stored.set("saldo:desk:language", event.language);
    this.requestUpdate();
  }

  private handleQuestion({ question }: QuestionEvent): void {
    const { locale, store } = this;
    const agent = store.board?.agents.find(({ id }) => id === question.agent_id)?.name;
    const parts = [
      question.queue === undefined ? undefined : wordQueue(question.queue, locale),
      question.language === undefined ? undefined : wordTongue(question.language as Language, locale),
      agent,
    ];
    void this.numberDialog?.show(question, parts.filter((part) => part !== undefined).join(", "));
  }

  private handleAssign({ assignment }: AssignWishEvent): void {
    this.assignDialog?.show(assignment);
  }

  private handleSignOut(): void {
    void this.store.signOut();
  }

  private handleDismiss(): void {
    this.store.dismiss();
  }

  /** What is refused in the dialog is said there. */
  private renderRefusal(): TemplateResult | typeof nothing {
    const { store, locale } = this;
    if (store.refusal === null || this.assignDialog?.isOpen) return nothing;
    return html`<p class="refused" role="alert" data-testid="refusal">
      <span>${store.refusal === "" ? locale.text("failed") : store.refusal}</span>
      <button type="button" class="small-button" aria-label=${locale.text("dismiss")} @click=${this.handleDismiss}>${crossIcon}</button>
    </p>`;
  }

  private renderExport(board: BoardOut): TemplateResult {
    const { locale } = this;
    const field = (name: "from" | "until"): TemplateResult =>
      html`<label
        >${locale.text(`export_${name}`)}<input type="date" name=${name} required .defaultValue=${board.today} max=${board.today}
      /></label>`;
    return html`<details>
      <summary class="small-button" data-testid="export">${locale.text("export_csv")}</summary>
      <div class="export">
        <p class="note">${locale.text("export_hint")}</p>
        <form action="/api/board/export.csv" method="get">
          ${field("from")} ${field("until")}
          <button class="button primary" data-testid="export-go">${locale.text("export_csv")}</button>
        </form>
      </div>
    </details>`;
  }

  private renderHeader(board: BoardOut): TemplateResult {
    const { locale } = this;
    const dead = board.dead_letters;
    return html`<header>
      <h1>${locale.text("board_title")}</h1>
      <span class="updated">${locale.text("updated", { time: locale.time(Date.parse(board.at)) })}</span>
      ${dead === 0 ? nothing : html`<span class="dead">${locale.count("dead_letters", dead)}</span>`}
      ${this.renderExport(board)}
      <button type="button" class="small-button" data-testid="alarm-sound" @click=${this.handleSound}>
        ${locale.text(this.hasSound ? "alarm_sound_on" : "alarm_sound_off")}
      </button>
      <a class="small-button" href="/console" target="saldo-console">${locale.text("to_console")}</a>
      <saldo-language-menu .language=${locale.language} .label=${locale.text("language")}></saldo-language-menu>
      <button type="button" class="small-button" @click=${this.handleSignOut}>${locale.text("sign_out")}</button>
    </header>`;
  }

  private renderBoard(board: BoardOut): TemplateResult {
    const { locale, store } = this;
    return html`<main class="page" data-testid="board">
      ${store.isConnected ? nothing : html`<p class="lost" role="status">${locale.text("board_reconnecting")}</p>`}
      <p class="hidden" role="status" data-testid="alarm-news">${this.news}</p>
      ${this.renderRefusal()}
      ${this.renderHeader(board)}
      <saldo-board-numbers .numbers=${board.numbers} .locale=${locale}></saldo-board-numbers>
      <div class="columns">
        <div class="column">
          <saldo-board-queues .lines=${board.queues} .locale=${locale}></saldo-board-queues>
          <saldo-board-day .day=${store.day} .store=${store} .locale=${locale} ?past=${store.chosenDay !== null}></saldo-board-day>
          <saldo-board-agents .agents=${board.agents} at=${board.at} .store=${store} .locale=${locale}></saldo-board-agents>
          <saldo-board-today .numbers=${board.day} .locale=${locale}></saldo-board-today>
        </div>
        <div class="column acting">
          <saldo-board-line .alarms=${board.alarms} .approvals=${board.approvals} .waiting=${board.waiting} .store=${store} .locale=${locale}></saldo-board-line>
        </div>
      </div>
      <saldo-board-number .api=${boardApi} .locale=${locale}></saldo-board-number>
      <saldo-board-assign .store=${store} .locale=${locale}></saldo-board-assign>
    </main>`;
  }

  private renderForbidden(): TemplateResult {
    return html`<main class="alone">
      <p>${this.locale.text("forbidden")}</p>
      <a class="small-button" href="/console" target="saldo-console">${this.locale.text("to_console")}</a>
    </main>`;
  }

  private renderPhase(): TemplateResult {
    const { store, locale } = this;
    if (store.phase === "signed_out") return html`<saldo-login .store=${store} .locale=${deskLocale(this.language)}></saldo-login>`;
    if (store.phase === "forbidden") return this.renderForbidden();
    if (store.board === null)
      return html`<p class="alone" role="status">${locale.text(store.isUnreachable ? "unreachable" : "loading")}</p>`;
    return this.renderBoard(store.board);
  }

  override render(): TemplateResult {
    return html`<div
      @saldo-language-choose=${this.handleLanguage}
      @saldo-board-question=${this.handleQuestion}
      @saldo-board-assign=${this.handleAssign}
    >
      ${this.renderPhase()}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board": SaldoBoard;
  }
}
