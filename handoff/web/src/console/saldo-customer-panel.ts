/** Who the customer is, and in tabs: the bills, the contract, what the agent may do, and what was before. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import type { CustomerOverview } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordCountry, wordLanguage } from "../i18n/desk-words.ts";
import { type PanelBook, type PanelTab, TABS } from "../state/panel-book.ts";
import { ObserverController } from "../state/observable.ts";
import { panelFrameStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import "./saldo-actions.ts";
import type { SaldoActions } from "./saldo-actions.ts";
import "./saldo-panel-bill.ts";
import "./saldo-panel-contract.ts";
import type { ActionChooseEvent } from "./saldo-panel-events.ts";
import "./saldo-panel-history.ts";

/** @summary Name, number and verification, and four tabs while the customer is verified. */
@customElement("saldo-customer-panel")
export class SaldoCustomerPanel extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, statusStyles, panelFrameStyles];

  /** What the server tells of the customer; null while nobody is verified. */
  @property({ attribute: false }) customer: CustomerOverview | null = null;
  /** Whether a verification is in force now. */
  @property({ type: Boolean }) verified = false;
  /** Which conversation the panel is about. */
  @property({ attribute: false }) conversationId: string | null = null;
  /** What the tabs show and do. */
  @property({ attribute: false }) book!: PanelBook;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private looksAt = "";

  constructor() {
    super();
    new ObserverController(this, () => this.book);
  }

  /** The tabs are fetched when the customer is verified, and forgotten when that ends. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const { conversationId: id } = this;
    if (id === null || !(changed.has("customer") || changed.has("conversationId"))) return;
    if (this.customer) this.book.want(id);
    else this.book.hide(id);
  }

  /** Another tab begins at its top, and takes the focus along. */
  protected override updated(): void {
    this.lookAnew();
    if (!this.book.takeAsked()) return;
    this.scrollUp();
    this.shadowRoot?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  /** What can be done changes with the talk and the account: it is fetched whenever somebody turns to it. */
  private lookAnew(): void {
    const { tab } = this.book;
    const looksAt = this.customer && (tab === "actions" || tab === "history") ? `${tab} ${this.conversationId ?? ""}` : "";
    if (looksAt !== "" && looksAt !== this.looksAt) void this.book.get(this.conversationId)?.actions.load();
    this.looksAt = looksAt;
  }

  /** The column scrolls as a whole. */
  private scrollUp(): void {
    const column = this.parentElement;
    if (column) column.scrollTop = 0;
  }

  private readonly handleKey = (event: KeyboardEvent): void => {
    const at = TABS.indexOf(this.book.tab);
    const last = TABS.length - 1;
    const steps: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const tab = TABS[steps[event.key] ?? -1];
    if (tab === undefined) return;
    event.preventDefault();
    this.book.ask(tab);
  };

  private readonly handleChoose = (event: ActionChooseEvent): void => {
    void this.begin(event);
  };

  private async begin({ kind }: ActionChooseEvent): Promise<void> {
    const { conversationId: id } = this;
    this.book.show("actions");
    await this.updateComplete;
    this.scrollUp();
    await this.book.get(id)?.actions.load();
    const tab = this.shadowRoot?.querySelector<SaldoActions>("saldo-actions");
    await tab?.updateComplete;
    // Meanwhile the agent may have turned to another customer.
    if (id === this.conversationId) tab?.begin(kind);
  }

  private readonly handleRetry = (): void => {
    if (this.conversationId !== null) void this.book.refresh(this.conversationId);
  };

  private renderWho(): TemplateResult {
    const { customer, locale } = this;
    const key = this.verified ? "verified" : "unverified";
    return html`<header class="who">
      <h2>${customer?.name ?? locale.text("customer_unknown")}</h2>
      ${customer
        ? html`<p class="note">
            ${locale.text("customer_number")} <span class="money">${customer.number}</span> ·
            ${wordLanguage(customer.language, locale)} · ${wordCountry(customer.country, locale)}
          </p>`
        : nothing}
      <p class="badge">
        <span class="status status-${key}" data-testid="verified">${locale.text(key)}</span>
        <span class="note">${locale.text(`${key}_long`)}</span>
      </p>
    </header>`;
  }

  private renderTab(tab: PanelTab): TemplateResult {
    const isShown = this.book.tab === tab;
    const show = (): void => {
      this.book.ask(tab);
    };
    return html`<button
      type="button"
      role="tab"
      id="tab-${tab}"
      data-testid="tab-${tab}"
      aria-selected=${isShown}
      aria-controls="shown"
      tabindex=${isShown ? 0 : -1}
      @click=${show}
    >
      ${this.locale.text(`tab_${tab}`)}
    </button>`;
  }

  private renderMissing(): TemplateResult {
    const { locale } = this;
    if (this.book.get(this.conversationId)?.hasFailed !== true)
      return html`<p class="note" role="status">${locale.text("loading")}</p>`;
    return html`<p>${locale.text("panel_failed")}</p>
      <button type="button" class="button quiet" data-testid="panel-retry" @click=${this.handleRetry}>${locale.text("try_again")}</button>`;
  }

  private renderShown(customer: CustomerOverview): TemplateResult {
    const { locale, book } = this;
    const { file = null, actions = null } = book.get(this.conversationId) ?? {};
    if (book.tab === "bill") return html`<saldo-panel-bill .customer=${customer} .locale=${locale}></saldo-panel-bill>`;
    if (book.tab === "actions" && actions)
      return html`${keyed(this.conversationId, html`<saldo-actions .desk=${actions} .locale=${locale}></saldo-actions>`)}`;
    if (!file) return this.renderMissing();
    if (book.tab === "contract") return html`<saldo-panel-contract .file=${file} .locale=${locale}></saldo-panel-contract>`;
    return html`<saldo-panel-history
      .file=${file}
      .done=${actions?.offers?.history ?? []}
      .locale=${locale}
    ></saldo-panel-history>`;
  }

  private renderTabs(customer: CustomerOverview): TemplateResult {
    return html`<div role="tablist" aria-label=${this.locale.text("panel_tabs")} @keydown=${this.handleKey}>
        ${TABS.map((tab) => this.renderTab(tab))}
      </div>
      <div
        role="tabpanel"
        id="shown"
        aria-labelledby="tab-${this.book.tab}"
        tabindex="0"
        @saldo-action-choose=${this.handleChoose}
        @saldo-panel-retry=${this.handleRetry}
      >
        ${this.renderShown(customer)}
      </div>`;
  }

  override render(): TemplateResult {
    const { customer, locale } = this;
    return html`<div data-testid="customer">
      ${this.renderWho()}
      ${customer ? this.renderTabs(customer) : html`<p class="note hidden-customer">${locale.text("customer_hidden")}</p>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-customer-panel": SaldoCustomerPanel;
  }
}
