/** A conversation offered to the agent, with the time that is left to take it. */
import { html, css, LitElement, nothing, svg, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { statusStyles } from "../components/status.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage, wordQueue, wordTopic } from "../i18n/desk-words.ts";
import type { TimedOffer } from "../state/console-offer.ts";
import { type Bindings, capOf, DEFAULTS } from "../state/keymap.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { DeskActionEvent } from "./events.ts";

const OFFER_SECONDS = 20;
const RADIUS = 19;
const TICK_MS = 250;

/**
 * @summary Who waits, since when and for what; accept or decline.
 * @event saldo-desk-action - Accept or decline was chosen.
 */
@customElement("saldo-offer-card")
export class SaldoOfferCard extends LitElement {
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
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--saldo-space-2);
        padding: var(--saldo-space-3);
        border: 2px solid var(--saldo-accent);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
        box-shadow: var(--saldo-shadow-small);
      }
      .top {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: var(--saldo-space-3);
      }
      h2 {
        font-size: 13px;
        line-height: 18px;
        font-weight: 600;
        color: var(--saldo-text-2);
      }
      .ring {
        flex: none;
        width: 44px;
        height: 44px;
      }
      .ring circle {
        fill: none;
        stroke: var(--saldo-surface-3);
        stroke-width: 4;
      }
      .ring .left {
        stroke: var(--saldo-accent);
        stroke-linecap: round;
      }
      .ring text {
        fill: var(--saldo-text);
        font-size: 14px;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
        text-anchor: middle;
        dominant-baseline: central;
      }
      .facts {
        color: var(--saldo-text-2);
      }
      .who {
        font-size: 16px;
        line-height: 22px;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      .badges {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px var(--saldo-space-2);
        font-size: 13px;
        line-height: 18px;
        font-variant-numeric: tabular-nums;
      }
      .found {
        color: var(--saldo-warning);
        font-weight: 600;
      }
      .line,
      .note {
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 5;
        overflow: hidden;
      }
      .note {
        padding: 6px 10px;
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-note);
        color: var(--saldo-on-note);
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: var(--saldo-space-2);
      }
      .choices .button {
        display: inline-flex;
        flex: 1;
        align-items: center;
        justify-content: center;
        gap: 5px;
        padding-inline: 6px;
      }
    `,
  ];

  private timer: ReturnType<typeof setInterval> | undefined;

  @state() private now = Date.now();

  /** The offer. */
  @property({ attribute: false }) offer!: TimedOffer;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => {
      this.now = Date.now();
    }, TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  private get secondsLeft(): number {
    return Math.max(0, (this.offer.endsAt - this.now) / 1000);
  }

  private handleAccept(): void {
    this.dispatchEvent(new DeskActionEvent("accept"));
  }

  private handleDecline(): void {
    this.dispatchEvent(new DeskActionEvent("decline"));
  }

  private renderRing(): TemplateResult {
    const around = 2 * Math.PI * RADIUS;
    const gone = around * (1 - Math.min(1, this.secondsLeft / OFFER_SECONDS));
    return html`<svg class="ring" viewBox="0 0 44 44" aria-hidden="true">
      <circle cx="22" cy="22" r=${RADIUS}></circle>
      ${svg`<circle class="left" cx="22" cy="22" r=${RADIUS} transform="rotate(-90 22 22)"
        stroke-dasharray=${around} stroke-dashoffset=${gone}></circle>`}
      <text x="22" y="23">${Math.ceil(this.secondsLeft)}</text>
    </svg>`;
  }

  private renderVerified(): TemplateResult {
    const key = this.offer.verified_level === null ? "unverified" : "verified";
    return html`<span class="status status-${key}">${this.locale.text(key)}</span>`;
  }

  private renderChoices(): TemplateResult {
    const { locale, bindings } = this;
    return html`<div class="choices">
      <button type="button" class="button primary" data-testid="accept" @click=${this.handleAccept}>
        ${locale.text("accept")} <kbd aria-hidden="true">${capOf(bindings.accept)}</kbd>
      </button>
      <button type="button" class="button quiet" data-testid="decline" @click=${this.handleDecline}>
        ${locale.text("decline")} <kbd aria-hidden="true">${capOf(bindings.decline)}</kbd>
      </button>
    </div>`;
  }

  private renderBadges(): TemplateResult {
    const { locale, offer } = this;
    const waited = locale.wait((this.now - offer.waitingSince) / 1000);
    const found = offer.findings ?? 0;
    return html`<p class="badges">
      ${this.renderVerified()}
      <span>${locale.text("offer_waited", { time: waited })}</span>
      ${found === 0 ? nothing : html`<span class="found">${locale.count("findings", found)}</span>`}
    </p>`;
  }

  override render(): TemplateResult {
    const { locale, offer } = this;
    const queue = offer.queue === undefined || offer.queue === offer.topic ? null : wordQueue(offer.queue, locale);
    const facts = [
      offer.kind === "callback" ? locale.text("kind_callback") : null,
      wordLanguage(offer.language, locale),
      wordChannel(offer.channel, locale),
      wordTopic(offer.topic, locale),
      queue,
    ];
    const line = offer.summary || offer.wish;
    return html`<section data-testid="offer" aria-label=${locale.text("offer")}>
      <div class="top">
        <div>
          <h2>${locale.text("offer")}</h2>
          <p class="who">${offer.customer_name ?? locale.text("customer_unknown")}</p>
        </div>
        ${this.renderRing()}
      </div>
      <p class="facts">${facts.filter((fact) => fact !== null).join(" · ")}</p>
      ${this.renderBadges()} ${line ? html`<p class="line" data-testid="offer-line">${line}</p>` : nothing}
      ${offer.note ? html`<p class="note"><b>${locale.text("offer_note")}:</b> ${offer.note}</p>` : nothing}
      ${this.renderChoices()}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-offer-card": SaldoOfferCard;
  }
}
