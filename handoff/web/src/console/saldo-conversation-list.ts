/** The agent's conversations, those that need the agent first. */
import { html, css, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { baseStyles } from "../components/base.styles.ts";
import { chatIcon, phoneIcon, textIcon } from "../components/icons.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { Channel } from "../api/protocol.ts";
import { wordChannel, wordLanguage, wordTopic } from "../i18n/desk-words.ts";
import type { DeskRow } from "../state/console-rows.ts";
import { ConversationChooseEvent } from "./events.ts";

const CHANNEL_ICONS: Record<Channel, TemplateResult> = { webchat: chatIcon, sms: textIcon, voice: phoneIcon };

/**
 * @summary Rows with name, last words, and how long the customer has waited for an answer.
 * @event saldo-conversation-choose - A row was chosen.
 */
@customElement("saldo-conversation-list")
export class SaldoConversationList extends LitElement {
  static override styles = [
    baseStyles,
    statusStyles,
    css`
      :host {
        display: block;
        font-size: 14px;
        line-height: 20px;
      }
      h2 {
        padding: var(--saldo-space-2) var(--saldo-space-2) var(--saldo-space-1);
        font-size: 13px;
        line-height: 18px;
        font-weight: 600;
        color: var(--saldo-text-2);
      }
      button {
        display: grid;
        gap: 2px;
        width: 100%;
        padding: 10px var(--saldo-space-3);
        border: 0;
        border-radius: var(--saldo-radius-small);
        background: none;
        text-align: start;
      }
      button:hover {
        background: var(--saldo-surface-3);
      }
      button[aria-current="true"] {
        background: var(--saldo-accent-soft);
        color: var(--saldo-on-accent-soft);
      }
      @media (forced-colors: active) {
        button[aria-current="true"] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
      .top {
        display: flex;
        align-items: center;
        gap: var(--saldo-space-2);
      }
      .channel {
        flex: none;
        display: inline-flex;
        color: var(--saldo-text-2);
      }
      .channel svg {
        width: 16px;
        height: 16px;
      }
      button[aria-current="true"] .channel {
        color: inherit;
      }
      .waits,
      .wrap {
        font-weight: 600;
        color: var(--saldo-text);
      }
      .wrap {
        color: var(--saldo-warning);
      }
      button[aria-current="true"] :is(.waits, .wrap) {
        color: inherit;
      }
      .name {
        flex: 1;
        overflow: hidden;
        font-weight: 650;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .last {
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .facts,
      .empty {
        color: var(--saldo-text-2);
        font-size: 13px;
        line-height: 18px;
        font-variant-numeric: tabular-nums;
      }
      button[aria-current="true"] .facts {
        color: inherit;
      }
      .empty {
        padding: 0 var(--saldo-space-2);
      }
      .unread {
        flex: none;
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: var(--saldo-accent);
        color: var(--saldo-on-accent);
        font-size: 12px;
        font-weight: 650;
        text-align: center;
      }
    `,
  ];

  @query("button[aria-current=true]") private open!: HTMLElement | null;
  @query("button") private first!: HTMLElement | null;

  /** The rows in the order in which they are shown. */
  @property({ attribute: false }) rows: readonly DeskRow[] = [];
  /** The conversation being looked at. */
  @property() chosen: string | null = null;
  /** The current time, for how long a customer waits. */
  @property({ type: Number }) now = 0;
  /** The conversations in which the customer is writing. */
  @property({ attribute: false }) typing: ReadonlySet<string> = new Set();
  /** The rows have just moved without the agent's doing: a press of the mouse was meant for another one. */
  @property({ type: Boolean }) shaken = false;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  /** The one that was just opened may stand below the edge. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("chosen")) this.open?.scrollIntoView({ block: "nearest" });
  }

  override focus(): void {
    (this.open ?? this.first)?.focus();
  }

  private lastWords(row: DeskRow): string {
    if (this.typing.has(row.id)) return this.locale.text("typing_customer");
    const text = row.last_text ?? "";
    if (row.last_sender === "agent") return this.locale.text("last_from_you", { text });
    return row.last_sender === "bot" ? this.locale.text("last_from_bot", { text }) : text;
  }

  private renderWait(row: DeskRow): TemplateResult | typeof nothing {
    const { locale } = this;
    if (row.status === "closed") return html`<span>${locale.text("closed_by_now")}</span>`;
    if (row.status === "wrap_up") return html`<span class="wrap">${this.wordWrapUp(row)}</span>`;
    if (row.unanswered_since === null) return nothing;
    const time = locale.wait((this.now - Date.parse(row.unanswered_since)) / 1000);
    return html`<span class="waits">${locale.text("unanswered", { time })}</span>`;
  }

  /** How long the agent has had it. */
  private wordHeld(row: DeskRow): string | null {
    if (row.since == null || row.status !== "active") return null;
    return this.locale.text("held_for", { time: this.locale.duration((this.now - Date.parse(row.since)) / 1000) });
  }

  private wordWrapUp(row: DeskRow): string {
    const words = this.locale.text("wrap_up");
    if (row.wrapUpEndsAt === null) return words;
    return `${words}, ${this.locale.text("wrap_up_left", { time: this.locale.duration((row.wrapUpEndsAt - this.now) / 1000) })}`;
  }

  private renderWaitLine(row: DeskRow): TemplateResult | typeof nothing {
    const wait = this.renderWait(row);
    return wait === nothing ? nothing : html`<span class="facts">${wait}</span>`;
  }

  private renderUnread(row: DeskRow): TemplateResult | typeof nothing {
    if (row.unread === 0) return nothing;
    const label = this.locale.count("unread", row.unread);
    return html`<span class="unread"><span aria-hidden="true">${row.unread}</span><span class="hidden">${label}</span></span>`;
  }

  private renderRow(row: DeskRow): TemplateResult {
    const { locale } = this;
    const facts = [wordTopic(row.topic, locale), wordLanguage(row.language, locale), this.wordHeld(row)].filter((fact) => fact !== null);
    const choose = ({ detail }: MouseEvent): void => {
      // Keys and screen readers press without a pointer, and hit what they mean.
      if (detail === 0 || !this.shaken) this.dispatchEvent(new ConversationChooseEvent(row.id));
    };
    return html`<li>
      <button type="button" data-testid="conversation" aria-current=${row.id === this.chosen} @click=${choose}>
        <span class="top">
          <span class="channel">${CHANNEL_ICONS[row.channel]}<span class="hidden">${wordChannel(row.channel, locale)}</span></span>
          <span class="name">${row.customer_name ?? locale.text("customer_unknown")}</span>${this.renderUnread(row)}
        </span>
        <span class="last">${this.lastWords(row)}</span>
        <span class="facts">${facts.join(" · ")}</span>
        ${this.renderWaitLine(row)}
      </button>
    </li>`;
  }

  override render(): TemplateResult {
    return html`<h2 id="title">${this.locale.text("conversations")}</h2>
      ${this.rows.length === 0 ? html`<p class="empty">${this.locale.text("conversations_none")}</p>` : nothing}
      <ul aria-labelledby="title">
        ${repeat(this.rows, ({ id }) => id, (row) => this.renderRow(row))}
      </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-conversation-list": SaldoConversationList;
  }
}
