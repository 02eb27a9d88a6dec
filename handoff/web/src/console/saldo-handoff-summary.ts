/** What the agent must know in five seconds: the wish, why a person, what the assistant has tried. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { HandoffSummary } from "../api/console.ts";
import { baseStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordReason, wordShown } from "../i18n/desk-words.ts";
import { SummaryToggleEvent } from "./events.ts";

/**
 * @summary The first block of a transcript; folds.
 * @event saldo-summary-toggle - It was folded or unfolded.
 */
@customElement("saldo-handoff-summary")
export class SaldoHandoffSummary extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        max-height: 40%;
        overflow-y: auto;
        border-bottom: 1px solid var(--saldo-line);
        background: var(--saldo-surface-2);
      }
      details {
        font-size: 14px;
        line-height: 20px;
      }
      summary {
        padding: 10px var(--saldo-space-4);
        font-weight: 650;
        cursor: pointer;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(110px, max-content) 1fr;
        gap: var(--saldo-space-2) var(--saldo-space-4);
        padding: 0 var(--saldo-space-4) var(--saldo-space-4);
      }
      dt {
        color: var(--saldo-text-2);
      }
      dd {
        overflow-wrap: anywhere;
      }
      summary:focus-visible {
        outline-offset: -2px;
      }
      .wish {
        font-weight: 600;
      }
      @media (max-width: 520px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 2px;
        }
        dd {
          padding-bottom: var(--saldo-space-2);
        }
      }
      li + li {
        margin-top: var(--saldo-space-1);
      }
      .shown {
        color: var(--saldo-text-2);
      }
    `,
  ];

  /** The facts. */
  @property({ attribute: false }) summary!: HandoffSummary;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;
  /** Only the title is shown. */
  @property({ type: Boolean }) folded = false;

  private handleToggle(event: Event): void {
    const isFolded = !(event.currentTarget as HTMLDetailsElement).open;
    if (isFolded !== this.folded) this.dispatchEvent(new SummaryToggleEvent(isFolded));
  }

  private renderTried(): TemplateResult {
    if (this.summary.tried.length === 0) return html`${this.locale.text("summary_tried_none")}`;
    return html`<ul>
      ${this.summary.tried.map(
        ({ question, card_type: card }) =>
          html`<li>${question} <span class="shown">→ ${wordShown(card, this.locale)}</span></li>`,
      )}
    </ul>`;
  }

  override render(): TemplateResult {
    const { locale, summary } = this;
    const verified = summary.verified_level === null ? "unverified_long" : "verified_long";
    return html`<details ?open=${!this.folded} data-testid="summary" @toggle=${this.handleToggle}>
      <summary>${locale.text("summary")}</summary>
      <dl>
        <dt>${locale.text("summary_wish")}</dt>
        <dd class="wish">${summary.wish ?? locale.text("summary_none")}</dd>
        <dt>${locale.text("reason")}</dt>
        <dd>${wordReason(summary.reason, locale)}</dd>
        <dt>${locale.text("summary_tried")}</dt>
        <dd>${this.renderTried()}</dd>
        <dt>${locale.text("topic_identity")}</dt>
        <dd>${locale.text(verified)}</dd>
      </dl>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-handoff-summary": SaldoHandoffSummary;
  }
}
