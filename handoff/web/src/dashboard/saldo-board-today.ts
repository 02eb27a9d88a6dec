/** The numbers of the day that are no part of the top line: a quiet list, each opens how it comes about. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BoardNumber } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { QuestionEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { wordNumber, writeValue } from "./words.ts";

/**
 * @summary Today's numbers.
 * @event saldo-board-question - A number shall be opened.
 */
@customElement("saldo-board-today")
export class SaldoBoardToday extends LitElement {
  static override styles = [
    baseStyles,
    panelStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
        column-gap: var(--saldo-space-6);
      }
      li {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: var(--saldo-space-2);
        border-top: 1px solid var(--saldo-line);
        padding-block: 2px;
      }
      li > span {
        color: var(--saldo-text-2);
      }
      .number {
        font-weight: 600;
      }
    `,
  ];

  /** What is shown, in this order. */
  @property({ attribute: false }) numbers: readonly BoardNumber[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  private renderNumber({ name, value, unit }: BoardNumber): TemplateResult {
    const { locale } = this;
    const open = (): void => {
      this.dispatchEvent(new QuestionEvent({ number: name }));
    };
    return html`<li>
      <span aria-hidden="true">${wordNumber(name, locale)}</span>
      <button type="button" class="number" data-testid="number-${name}" @click=${open}>
        <span class="hidden">${wordNumber(name, locale)}: </span>${writeValue(value, unit, locale)}
      </button>
    </li>`;
  }

  override render(): TemplateResult {
    return html`<section aria-labelledby="title">
      <div class="head"><h2 id="title">${this.locale.text("today")}</h2></div>
      <ul>
        ${this.numbers.map((number) => this.renderNumber(number))}
      </ul>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-today": SaldoBoardToday;
  }
}
