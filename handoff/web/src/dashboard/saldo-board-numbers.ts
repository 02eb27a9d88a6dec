/** The top line: large numbers with target and the last hour; each opens how it comes about. */
import { html, css, LitElement, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BoardNumber } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import { warningIcon } from "../components/icons.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { sparkline } from "./drawing.ts";
import { QuestionEvent } from "./events.ts";
import { wordNumber, writeValue } from "./words.ts";

const SPARK = { width: 100, height: 20 };

/**
 * @summary A row of numbers.
 * @event saldo-board-question - A number shall be opened.
 */
@customElement("saldo-board-numbers")
export class SaldoBoardNumbers extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(116px, 1fr));
        gap: var(--saldo-space-2);
      }
      button {
        display: flex;
        flex-direction: column;
        gap: 2px;
        width: 100%;
        height: 100%;
        min-height: 116px;
        padding: 10px 12px;
        border: 1px solid var(--saldo-line);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
        text-align: start;
      }
      button:hover {
        border-color: var(--saldo-line-strong);
      }
      .name {
        color: var(--saldo-text-2);
        font-size: 13px;
        line-height: 18px;
        font-weight: 600;
      }
      .value {
        display: flex;
        align-items: center;
        gap: 6px;
        font-size: 30px;
        line-height: 36px;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
        letter-spacing: -0.01em;
      }
      .target {
        min-height: 16px;
        color: var(--saldo-text-2);
        font-size: 12px;
        line-height: 16px;
      }
      .broken {
        border-color: var(--saldo-critical);
        background: var(--saldo-critical-soft);
      }
      .broken .value,
      .broken .target,
      .broken .name {
        color: var(--saldo-critical);
      }
      svg.spark {
        width: 100%;
        height: 20px;
        margin-top: auto;
        overflow: visible;
        color: var(--saldo-accent);
      }
      .broken svg.spark {
        color: var(--saldo-critical);
      }
    `,
  ];

  /** What is shown, in this order. */
  @property({ attribute: false }) numbers: readonly BoardNumber[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  private renderTarget({ name, target, unit, broken }: BoardNumber): string {
    if (broken && target === null) return this.locale.text("broken");
    if (target === null) return "";
    const value = writeValue(target, unit, this.locale);
    return this.locale.text(name === "service_level" ? "target" : "target_most", { value });
  }

  private renderNumber(number: BoardNumber): TemplateResult {
    const { locale } = this;
    const name = wordNumber(number.name, locale);
    const target = this.renderTarget(number);
    const open = (): void => {
      this.dispatchEvent(new QuestionEvent({ number: number.name }));
    };
    return html`<li>
      <button
        type="button"
        class=${number.broken ? "broken" : ""}
        data-testid="number-${number.name}"
        @click=${open}
      >
        <span class="name">${name}</span>
        <span class="value">${writeValue(number.value, number.unit, locale)}${number.broken ? warningIcon : nothing}</span>
        <span class="target">${target}</span>
        <span class="hidden">${number.broken && number.target !== null ? `${locale.text("off_target")}. ` : ""}${locale.text("open_number")}</span>
        ${this.renderHistory(number)}
      </button>
    </li>`;
  }

  private renderHistory({ history }: BoardNumber): TemplateResult | typeof nothing {
    if (history.every((value) => value === null)) return nothing;
    return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<path d=${sparkline(history, SPARK)} fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke" />`}
    </svg>`;
  }

  override render(): TemplateResult {
    return html`<ul>
      ${this.numbers.map((number) => this.renderNumber(number))}
    </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-numbers": SaldoBoardNumbers;
  }
}
