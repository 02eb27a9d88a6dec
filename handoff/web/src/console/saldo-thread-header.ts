/** Whom the conversation is with, who else looks at it, and what can be done with it. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ConversationRow, TranscriptOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage, wordQueue } from "../i18n/desk-words.ts";
import { type Bindings, capOf, DEFAULTS, type DeskAction } from "../state/keymap.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ConversationChooseEvent, DeskActionEvent, ProofWantEvent } from "./events.ts";

/**
 * @summary One line above the transcript.
 * @event saldo-desk-action - Customer details, passing on or ending.
 * @event saldo-proof-want - The customer shall prove who they are.
 * @event saldo-conversation-choose - Back to the list, on a narrow screen or after reading along.
 */
@customElement("saldo-thread-header")
export class SaldoThreadHeader extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    statusStyles,
    deskButtonStyles,
    css`
      :host {
        display: block;
        font-size: 14px;
        line-height: 20px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--saldo-space-2) var(--saldo-space-3);
        padding: var(--saldo-space-3) var(--saldo-space-4);
        border-bottom: 1px solid var(--saldo-line);
      }
      .who {
        flex: 1;
        min-width: 140px;
      }
      .name {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px var(--saldo-space-2);
      }
      h2 {
        font-size: 16px;
        line-height: 22px;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      .facts,
      .viewers {
        color: var(--saldo-text-2);
        font-size: 13px;
        line-height: 18px;
      }
      .viewers {
        color: var(--saldo-warning);
        font-weight: 600;
      }
      .tools {
        display: flex;
        gap: var(--saldo-space-2);
      }
      .button {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .back:not(.joined) {
        display: none;
      }
      @media (min-width: 1280px) {
        .details {
          display: none;
        }
      }
      @media (max-width: 799px) {
        .back:not(.joined) {
          display: inline-flex;
          flex-basis: 100%;
        }
        .tools {
          flex-basis: 100%;
        }
        .button {
          flex: 1;
          justify-content: center;
        }
      }
    `,
  ];

  /** The conversation. */
  @property({ attribute: false }) thread!: TranscriptOut;
  /** What the list knows of it. */
  @property({ attribute: false }) row: ConversationRow | null = null;
  /** Whether the agent answers in it now. */
  @property({ type: Boolean }) active = false;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private handleBack(): void {
    this.dispatchEvent(new ConversationChooseEvent(null));
  }

  private handleProof(): void {
    this.dispatchEvent(new ProofWantEvent());
  }

  private renderTool(action: DeskAction, words: string, name: string): TemplateResult {
    const ask = (): boolean => this.dispatchEvent(new DeskActionEvent(action));
    return html`<button type="button" class="button quiet ${name}" data-testid=${name} @click=${ask}>
      ${words} <kbd aria-hidden="true">${capOf(this.bindings[action])}</kbd>
    </button>`;
  }

  private renderViewers(): TemplateResult | typeof nothing {
    const names = this.thread.viewers ?? this.row?.viewers ?? [];
    if (names.length === 0) return nothing;
    return html`<p class="viewers" data-testid="viewers">${this.locale.text("viewers", { names: names.join(", ") })}</p>`;
  }

  private renderBack(): TemplateResult {
    const isJoined = this.thread.joined === true;
    return html`<button type="button" class="plain back ${isJoined ? "joined" : ""}" data-testid="back" @click=${this.handleBack}>
      ${isJoined ? html`${this.locale.text("leave_joined")} <kbd aria-hidden="true">Esc</kbd>` : html`← ${this.locale.text("back")}`}
    </button>`;
  }

  override render(): TemplateResult {
    const { locale, thread, row } = this;
    const { conversation, customer } = thread;
    const key = conversation.verified ? "verified" : "unverified";
    const facts = [
      wordLanguage(conversation.language, locale),
      wordChannel(conversation.channel, locale),
      row?.queue ? wordQueue(row.queue, locale) : null,
    ];
    return html`<header>
      ${this.renderBack()}
      <div class="who">
        <div class="name">
          <h2>${customer?.name ?? locale.text("customer_unknown")}</h2>
          <span class="status status-${key}">${locale.text(key)}</span>
          ${this.active && !conversation.verified
            ? html`<button type="button" class="link" data-testid="proof" @click=${this.handleProof}>${locale.text("proof_want")}</button>`
            : nothing}
        </div>
        <p class="facts">${facts.filter((fact) => fact !== null).join(" · ")}</p>
        <div role="status">${this.renderViewers()}</div>
      </div>
      <div class="tools">
        ${this.renderTool("customer", locale.text("customer"), "details")}
        ${this.active
          ? html`${this.renderTool("transfer", locale.text("transfer"), "transfer")}
            ${this.renderTool("close", locale.text("close_conversation"), "close-conversation")}`
          : nothing}
      </div>
    </header>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-thread-header": SaldoThreadHeader;
  }
}
