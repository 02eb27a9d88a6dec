/** The tab of history: what was done for this customer, disputes, credits, agreements and earlier conversations. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type {
  AgreedFacts,
  CreditFacts,
  CustomerFile,
  DisputeFacts,
  DoneAction,
  EarlierConversation,
} from "../api/actions.ts";
import { baseStyles } from "../components/base.styles.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordDayOf } from "../i18n/local-day.ts";
import { wordChannel, wordDisposition, wordReason } from "../i18n/desk-words.ts";
import { wordCredit, wordDispute } from "../i18n/panel-words.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { renderDone } from "./saldo-actions-done.ts";

/** @summary What was before, the newest first. */
@customElement("saldo-panel-history")
export class SaldoPanelHistory extends LitElement {
  static override styles = [baseStyles, statusStyles, panelTabStyles];

  /** What the server tells of the customer. */
  @property({ attribute: false }) file!: CustomerFile;
  /** What people did for the customer. */
  @property({ attribute: false }) done: readonly DoneAction[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private renderPart(title: string, items: readonly TemplateResult[]): TemplateResult | typeof nothing {
    if (items.length === 0) return nothing;
    return html`<section>
      <h3>${title}</h3>
      <ul class="items">
        ${items}
      </ul>
    </section>`;
  }

  private renderDispute(dispute: DisputeFacts): TemplateResult {
    const { locale } = this;
    const isOpen = dispute.closed_at === null;
    return html`<li data-testid="history-dispute">
      <div class="line">
        <h4>${dispute.invoice_number}</h4>
        <b class="money">${locale.money(dispute.amount_minor, dispute.currency)}</b>
      </div>
      <p class="note">
        ${wordDayOf(dispute.opened_at, locale)} · ${wordDispute(dispute.status, locale)}${isOpen
          ? html` · ${locale.text("dispute_answer_by", { date: locale.shortDate(dispute.answer_by) })}`
          : nothing}
      </p>
      <p class="said">${dispute.reason}</p>
    </li>`;
  }

  private renderCredit(credit: CreditFacts): TemplateResult {
    const { locale } = this;
    return html`<li data-testid="history-credit">
      <div class="line">
        <h4>${wordCredit(credit.reason, locale)}</h4>
        <b class="money">${locale.money(credit.amount_minor, credit.currency)}</b>
      </div>
      <p class="note">
        ${locale.shortDate(credit.issued_on)} · ${credit.number} · ${locale.text("credit_of", { bill: credit.invoice_number })}
      </p>
    </li>`;
  }

  private renderAgreed(agreed: AgreedFacts): TemplateResult {
    const { locale } = this;
    const title =
      agreed.kind === "instalments"
        ? locale.text("agreed_instalments", { count: locale.number(agreed.parts.length) })
        : locale.text("agreed_extension");
    const parts = agreed.parts.map((part) =>
      locale.text("agreed_part", { amount: locale.money(part.amount_minor, agreed.currency), date: locale.shortDate(part.due_on) }),
    );
    return html`<li data-testid="history-agreed">
      <h4>${title}</h4>
      <p class="note">
        ${locale.text("credit_of", { bill: agreed.invoice_number })} ·
        ${locale.text("agreed_open", { amount: locale.money(agreed.open_minor, agreed.currency) })}
      </p>
      <p class="note">${parts.join("; ")}</p>
    </li>`;
  }

  private renderEarlier(earlier: EarlierConversation): TemplateResult {
    const { locale } = this;
    const who =
      earlier.agent_name === null ? locale.text("earlier_assistant") : locale.text("earlier_agent", { name: earlier.agent_name });
    const outcome =
      earlier.disposition === null
        ? earlier.closed_at === null
          ? locale.text("earlier_running")
          : null
        : wordDisposition(earlier.disposition, locale);
    return html`<li data-testid="history-conversation">
      <div class="line">
        <h4>${wordDayOf(earlier.opened_at, locale)}</h4>
        ${outcome === null ? nothing : html`<span class="status">${outcome}</span>`}
      </div>
      <p class="said">${earlier.wish ?? locale.text("earlier_no_wish")}</p>
      <p class="note">
        ${wordChannel(earlier.channel, locale)}, ${who}${earlier.reason === null ? nothing : html` · ${wordReason(earlier.reason, locale)}`}
      </p>
      ${earlier.note === null ? nothing : html`<p class="note">${earlier.note}</p>`}
    </li>`;
  }

  /** A credit that is told as somebody's action is not told twice. */
  private get otherCredits(): CreditFacts[] {
    const told = new Set(this.done.flatMap(({ document }) => document?.split(", ") ?? []));
    return this.file.credits.filter(({ number }) => !told.has(number));
  }

  override render(): TemplateResult {
    const { file, locale, done } = this;
    const { conversations, disputes, arrangements } = file;
    const credits = this.otherCredits;
    if ([done, conversations, disputes, arrangements, credits].every(({ length }) => length === 0))
      return html`<p class="note">${locale.text("history_none")}</p>`;
    return html`${this.renderPart(locale.text("history_actions"), done.map((one) => renderDone(one, locale)))}
    ${this.renderPart(locale.text("history_disputes"), disputes.map((one) => this.renderDispute(one)))}
    ${this.renderPart(locale.text("history_arrangements"), arrangements.map((one) => this.renderAgreed(one)))}
    ${this.renderPart(locale.text("history_credits"), credits.map((one) => this.renderCredit(one)))}
    ${this.renderPart(locale.text("history_conversations"), conversations.map((one) => this.renderEarlier(one)))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-panel-history": SaldoPanelHistory;
  }
}
