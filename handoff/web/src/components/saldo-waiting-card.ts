/** What a waiting customer wants to know: how long the line is, and that nothing is lost. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ConversationOut } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, cardStyles } from "./base.styles.ts";

/** @summary The customer's place in line and what happens next. */
@customElement("saldo-waiting-card")
export class SaldoWaitingCard extends LitElement {
  static override styles = [
    baseStyles,
    cardStyles,
    css`
      .card {
        border-color: transparent;
        background: var(--saldo-accent-soft);
        color: var(--saldo-on-accent-soft);
      }
      .place {
        margin: 2px 0 var(--saldo-space-2);
        font-size: 15px;
        line-height: 22px;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .small {
        color: inherit;
      }
    `,
  ];

  /** The waiting conversation. */
  @property({ attribute: false }) conversation!: ConversationOut;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  private place(): string {
    const { status, queue_position: place } = this.conversation;
    if (status === "offered") return this.locale.text("waiting_offered");
    if (place === null || place <= 1) return this.locale.text("waiting_next");
    return this.locale.text("waiting_place", { place });
  }

  override render(): TemplateResult {
    return html`<div class="card" role="status" data-testid="waiting-card">
      <h3>${this.locale.text("waiting")}</h3>
      <p class="place" data-testid="queue-place">${this.place()}</p>
      <p class="small">${this.locale.text("waiting_promise")}</p>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-waiting-card": SaldoWaitingCard;
  }
}
