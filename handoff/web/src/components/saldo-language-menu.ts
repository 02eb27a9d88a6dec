/** The choice of language, as the platform's own list. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Language } from "../api/protocol.ts";
import { LANGUAGES } from "../i18n/locale.ts";
import { baseStyles } from "./base.styles.ts";
import { LanguageChooseEvent } from "./events.ts";

/**
 * @summary A list of the supported languages, each by its own name.
 * @event saldo-language-choose - Another language was chosen.
 */
@customElement("saldo-language-menu")
export class SaldoLanguageMenu extends LitElement {
  static override styles = [
    baseStyles,
    css`
      select {
        min-height: 36px;
        max-width: 100%;
        padding: 4px 6px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
        font-size: 14px;
        line-height: 20px;
      }
    `,
  ];

  /** The current language. */
  @property() language: Language = "en";
  /** The name of the list for screen readers. */
  @property() label = "";

  private handleChange(event: Event): void {
    this.dispatchEvent(new LanguageChooseEvent((event.target as HTMLSelectElement).value as Language));
  }

  override render(): TemplateResult {
    return html`<select aria-label=${this.label} data-testid="language-menu" @change=${this.handleChange}>
      ${LANGUAGES.map(
        ({ code, name }) => html`<option value=${code} lang=${code} .selected=${live(code === this.language)}>${name}</option>`,
      )}
    </select>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-language-menu": SaldoLanguageMenu;
  }
}
