/** What the agent must know in five seconds: the wish, why a person, what the assistant has tried. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { HandoffSummary, ShownFact } from "../api/console.ts";
import { baseStyles } from "../components/base.styles.ts";
import { wordDetector } from "../i18n/audit-words.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordMood, wordReason, wordShown, wordSignal } from "../i18n/desk-words.ts";
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
      .line {
        margin-inline-start: var(--saldo-space-3);
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      .found {
        color: var(--saldo-warning);
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

  private renderWishes(): TemplateResult {
    const { locale, summary } = this;
    const wishes = summary.wishes ?? [];
    if (wishes.length < 2) return row(locale.text("summary_wish"), html`<span class="wish">${summary.wish ?? locale.text("summary_none")}</span>`);
    return row(locale.text("summary_wishes"), html`<ul>${wishes.map((wish) => html`<li class="wish">${wish}</li>`)}</ul>`);
  }

  private renderFacts(): TemplateResult | typeof nothing {
    const { locale } = this;
    const facts = this.summary.facts ?? [];
    if (facts.length === 0) return nothing;
    const word = (fact: ShownFact): string => {
      const period = fact.period === null ? (fact.number ?? "") : locale.period(fact.period);
      return locale.text(fact.type === "difference" ? "fact_difference" : "fact_bill", { period });
    };
    const amount = (fact: ShownFact): string =>
      fact.type === "difference" ? locale.signedMoney(fact.amount_minor, fact.currency) : locale.money(fact.amount_minor, fact.currency);
    return row(
      locale.text("summary_facts"),
      html`<ul>${facts.map((fact) => html`<li>${word(fact)}: <span class="money">${amount(fact)}</span></li>`)}</ul>`,
    );
  }

  private renderFindings(): TemplateResult | typeof nothing {
    const { locale } = this;
    const found = this.summary.findings;
    if (!found || found.count === 0) return nothing;
    const owed = locale.text("summary_owed", { amount: locale.money(found.owed_minor, found.currency) });
    const names = found.detectors.map((code) => wordDetector(code, locale)).join(", ");
    return row(
      locale.text("summary_findings"),
      html`<b class="found" data-testid="findings">${locale.count("findings", found.count)}</b>${found.owed_minor > 0
          ? html` · ${owed}`
          : nothing}${names === "" ? nothing : html` · ${names}`}`,
    );
  }

  private renderMood(): TemplateResult | typeof nothing {
    const { sentiment } = this.summary;
    if (!sentiment || sentiment.code === "neutral") return nothing;
    const signs = sentiment.signals.map((code) => wordSignal(code, this.locale)).join(", ");
    return row(
      this.locale.text("summary_mood"),
      html`<b data-testid="mood">${wordMood(sentiment.code, this.locale)}</b>${signs === "" ? nothing : html` · ${signs}`}`,
    );
  }

  private renderTransfer(): TemplateResult | typeof nothing {
    const { transfer } = this.summary;
    if (!transfer) return nothing;
    return row(this.locale.text("summary_from"), html`${transfer.from_name}${transfer.note ? html`: ${transfer.note}` : nothing}`);
  }

  override render(): TemplateResult {
    const { locale, summary } = this;
    const verified = summary.verified_level === null ? "unverified_long" : "verified_long";
    return html`<details ?open=${!this.folded} data-testid="summary" @toggle=${this.handleToggle}>
      <summary><b>${locale.text("summary")}</b>${summary.line ? html`<span class="line">${summary.line}</span>` : nothing}</summary>
      <dl>
        ${this.renderTransfer()} ${this.renderWishes()} ${row(locale.text("reason"), html`${wordReason(summary.reason, locale)}`)}
        ${row(locale.text("summary_tried"), this.renderTried())} ${this.renderFacts()} ${this.renderFindings()} ${this.renderMood()}
        ${row(locale.text("topic_identity"), html`${locale.text(verified)}`)}
      </dl>
    </details>`;
  }
}

function row(name: string, content: TemplateResult): TemplateResult {
  return html`<dt>${name}</dt>
    <dd>${content}</dd>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-handoff-summary": SaldoHandoffSummary;
  }
}
