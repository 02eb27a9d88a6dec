/** A call that the agent is to make now, and how it went. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CallOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { phoneIcon } from "../components/icons.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { CallReportEvent } from "./events.ts";

/**
 * @summary The number to dial and two answers.
 * @event saldo-call-report - The customer was reached, or not.
 */
@customElement("saldo-call-bar")
export class SaldoCallBar extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--saldo-space-2);
        padding: var(--saldo-space-2) var(--saldo-space-4);
        border-bottom: 1px solid var(--saldo-line);
        background: var(--saldo-accent-soft);
        color: var(--saldo-on-accent-soft);
        font-size: 14px;
        line-height: 20px;
      }
      p {
        flex: 1;
        min-width: 200px;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .quiet {
        background: var(--saldo-surface);
      }
    `,
  ];

  /** The call. */
  @property({ attribute: false }) call!: CallOut;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private handleReached(): void {
    this.dispatchEvent(new CallReportEvent(this.call.id, true));
  }

  private handleMissed(): void {
    this.dispatchEvent(new CallReportEvent(this.call.id, false));
  }

  override render(): TemplateResult {
    const { locale, call } = this;
    return html`<div data-testid="call" role="group" aria-label=${locale.text("kind_callback")}>
      ${phoneIcon}
      <p>${locale.text("call_now", { phone: call.phone ?? "", count: locale.number(call.attempts + 1) })}</p>
      <button type="button" class="button primary" data-testid="call-reached" @click=${this.handleReached}>
        ${locale.text("call_reached")}
      </button>
      <button type="button" class="button quiet" data-testid="call-missed" @click=${this.handleMissed}>
        ${locale.text("call_missed")}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-call-bar": SaldoCallBar;
  }
}
