/** Asked before a conversation is ended: one key must not be enough. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { CloseAnswerEvent } from "./events.ts";

/**
 * @summary A bar with one question and two answers; the focus is on the one that changes nothing.
 * @event saldo-close-answer - The agent has answered.
 */
@customElement("saldo-close-question")
export class SaldoCloseQuestion extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--saldo-space-2);
        padding: var(--saldo-space-3) var(--saldo-space-4);
        border-bottom: 1px solid var(--saldo-line);
        background: var(--saldo-warning-soft);
        color: var(--saldo-warning);
      }
      p {
        flex: 1;
        min-width: 180px;
        font-weight: 600;
      }
      .quiet {
        background: var(--saldo-surface);
      }
    `,
  ];

  @query(".quiet") private keepButton!: HTMLElement;

  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  override focus(): void {
    void this.updateComplete.then(() => {
      this.keepButton.focus();
    });
  }

  private answer(isToClose: boolean): () => void {
    return () => {
      this.dispatchEvent(new CloseAnswerEvent(isToClose));
    };
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<div role="group" aria-label=${locale.text("close_question")}>
      <p>${locale.text("close_question")}</p>
      <button type="button" class="button primary" data-testid="close-confirm" @click=${this.answer(true)}>
        ${locale.text("close_confirm")}
      </button>
      <button type="button" class="button quiet" data-testid="close-cancel" @click=${this.answer(false)}>
        ${locale.text("close_cancel")}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-close-question": SaldoCloseQuestion;
  }
}
