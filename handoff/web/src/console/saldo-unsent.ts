/** A text that did not get to where it was meant for: it can be copied before it is given up. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { copyText } from "./clipboard.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { TextDropEvent } from "./events.ts";

/**
 * @summary The reason, the text, and Copy.
 * @slot - More that can be done.
 * @event saldo-text-drop - The text is not wanted any more.
 */
@customElement("saldo-unsent")
export class SaldoUnsent extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      :host {
        display: block;
        text-align: start;
      }
      section {
        display: grid;
        gap: var(--saldo-space-2);
        padding: var(--saldo-space-3) var(--saldo-space-4);
        border: 1px solid var(--saldo-warning);
        border-radius: var(--saldo-radius);
        background: var(--saldo-warning-soft);
        color: var(--saldo-warning);
        font-size: 14px;
        line-height: 20px;
      }
      .reason {
        font-weight: 600;
      }
      .text {
        max-height: 100px;
        overflow-y: auto;
        color: var(--saldo-text);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: var(--saldo-space-2);
      }
      .button {
        background: var(--saldo-surface);
      }
    `,
  ];

  @state() private isCopied = false;

  /** What happened to it, in a sentence. */
  @property() reason = "";
  /** What was written. */
  @property() text = "";
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private async handleCopy(): Promise<void> {
    await copyText(this.text);
    this.isCopied = true;
  }

  private handleDrop(): void {
    this.dispatchEvent(new TextDropEvent());
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<section data-testid="unsent" aria-label=${this.reason}>
      <p class="reason" role="status">${this.reason}</p>
      <p class="text" tabindex="0">${this.text}</p>
      <div class="choices">
        <button type="button" class="button quiet" data-testid="unsent-copy" @click=${this.handleCopy}>
          ${locale.text(this.isCopied ? "copied" : "copy")}
        </button>
        <slot></slot>
        <button type="button" class="button quiet" data-testid="unsent-drop" @click=${this.handleDrop}>${locale.text("discard")}</button>
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-unsent": SaldoUnsent;
  }
}
