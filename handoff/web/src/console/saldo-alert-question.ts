/** Asks once how an agent wants to be called: unheard, two offers are missed and the agent is set away. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { DeskSettings } from "../state/desk-settings.ts";
import { ObserverController } from "../state/observable.ts";
import { playChime } from "./attention.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";

/** @summary One line with two answers, under the agent's status. */
@customElement("saldo-alert-question")
export class SaldoAlertQuestion extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--saldo-space-1) var(--saldo-space-2);
        padding: var(--saldo-space-1) 0 var(--saldo-space-1) 8px;
        font-size: 13px;
        line-height: 18px;
      }
      p {
        flex-basis: 100%;
      }
      .button {
        min-height: 32px;
        padding: 4px 10px;
        font-size: 13px;
        line-height: 18px;
      }
    `,
  ];

  /** What is set. */
  @property({ attribute: false }) settings!: DeskSettings;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.settings);
  }

  private handleYes(): void {
    this.settings.hasSound = true;
    this.settings.noteAsked();
    playChime();
    if ("Notification" in globalThis) void Notification.requestPermission();
  }

  private handleNo(): void {
    this.settings.hasSound = false;
    this.settings.noteAsked();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.settings.wasAsked) return nothing;
    const question = this.locale.text("alerts_ask");
    return html`<div role="group" aria-label=${question} data-testid="alert-question">
      <p>${question}</p>
      <button type="button" class="button quiet" data-testid="alerts-yes" @click=${this.handleYes}>${this.locale.text("alerts_yes")}</button>
      <button type="button" class="plain" data-testid="alerts-no" @click=${this.handleNo}>${this.locale.text("alerts_no")}</button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-alert-question": SaldoAlertQuestion;
  }
}
