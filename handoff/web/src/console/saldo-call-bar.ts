/** A call that the agent is to make now, and how it went. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CallOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { phoneIcon } from "../components/icons.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { copyText } from "./clipboard.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { CallReportEvent } from "./events.ts";

/** Stands for the number while a sentence is put together; no text contains it. */
const NUMBER_HERE = "\u0000";

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
      a {
        color: inherit;
      }
    `,
  ];

  @state() private isCopied = false;

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

  private async copy(phone: string): Promise<void> {
    await copyText(phone);
    this.isCopied = true;
  }

  /** The number is a link for a machine that can call, within a sentence whose order is the language's own. */
  private renderWords(): TemplateResult {
    const { locale, call } = this;
    const count = locale.number(call.attempts + 1);
    if (call.phone === null) return html`<p>${locale.text("call_no_phone", { count })}</p>`;
    const [before, after] = locale.text("call_now", { phone: NUMBER_HERE, count }).split(NUMBER_HERE);
    return html`<p>${before}<a href="tel:${call.phone}" data-testid="call-number">${call.phone}</a>${after}</p>`;
  }

  private renderCopy(): TemplateResult | typeof nothing {
    const { phone } = this.call;
    if (phone === null) return nothing;
    const copy = (): void => void this.copy(phone);
    return html`<button type="button" class="button quiet" data-testid="call-copy" @click=${copy}>
      ${this.locale.text(this.isCopied ? "copied" : "copy_number")}
    </button>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<div data-testid="call" role="group" aria-label=${locale.text("kind_callback")}>
      ${phoneIcon}
      ${this.renderWords()} ${this.renderCopy()}
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
