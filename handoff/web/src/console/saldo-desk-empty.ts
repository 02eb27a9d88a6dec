/** The middle column while no conversation is open: what happens next. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import { type Bindings, capOf, DEFAULTS } from "../state/keymap.ts";
import { ObserverController } from "../state/observable.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";

/** @summary One sentence, and for somebody who is away the way back. */
@customElement("saldo-desk-empty")
export class SaldoDeskEmpty extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      :host {
        display: grid;
        gap: var(--saldo-space-4);
        justify-items: center;
        margin: auto;
        padding: var(--saldo-space-6);
        max-width: 420px;
        color: var(--saldo-text-2);
        font-size: 15px;
        line-height: 22px;
        text-align: center;
      }
    `,
  ];

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  private handleAvailable(): void {
    void this.store.setPresence("available");
  }

  override render(): TemplateResult {
    const { locale, store } = this;
    if (store.offer) return html`<p>${locale.text("offer_hint", { key: capOf(this.bindings.accept) })}</p>`;
    if (store.shownRows.length > 0) return html`<p>${locale.text("choose")}</p>`;
    const { off } = store;
    return html`<p>${locale.text(off === null ? "available_hint" : `${off}_hint`)}</p>
      ${off === null
        ? nothing
        : html`<button type="button" class="button primary" data-testid="go-available" @click=${this.handleAvailable}>
            ${locale.text("go_available")}
          </button>`}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-desk-empty": SaldoDeskEmpty;
  }
}
