/** The keyboard map. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { KEYS } from "./keymap.ts";

/**
 * @summary Every key and what it does; single keys can be switched off.
 * @event saldo-keys-toggle - Single keys shall be switched on or off.
 */
@customElement("saldo-keys-dialog")
export class SaldoKeysDialog extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      dialog {
        width: min(440px, calc(100vw - 32px));
        padding: var(--saldo-space-6);
        border: 1px solid var(--saldo-line);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
        color: var(--saldo-text);
        box-shadow: var(--saldo-shadow);
        font-size: 14px;
        line-height: 20px;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      h2 {
        font-size: 18px;
        line-height: 24px;
      }
      .note {
        margin: var(--saldo-space-2) 0 var(--saldo-space-4);
        color: var(--saldo-text-2);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--saldo-space-2) var(--saldo-space-4);
      }
      .foot {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: var(--saldo-space-3);
        margin-top: var(--saldo-space-5);
      }
      input {
        accent-color: var(--saldo-accent);
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;

  /** Whether single keys act. */
  @property({ type: Boolean }) enabled = false;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private handleToggle(): void {
    this.dispatchEvent(new Event("saldo-keys-toggle", { bubbles: true, composed: true }));
  }

  private handleDone(): void {
    this.dialog.close();
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  show(): void {
    this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${locale.text("keys_title")}</h2>
      <p class="note">${locale.text("keys_note")}</p>
      <dl>
        ${KEYS.map(
          ({ key, action }) => html`<dt><kbd>${key.length === 1 ? key.toUpperCase() : "Esc"}</kbd></dt>
            <dd>${locale.text(`key_${action}`)}</dd>`,
        )}
      </dl>
      <div class="foot">
        <label class="plain">
          <input type="checkbox" .checked=${this.enabled} @change=${this.handleToggle} />${locale.text("keys_enabled")}
        </label>
        <button type="button" class="button primary" @click=${this.handleDone}>${locale.text("done")}</button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-keys-dialog": SaldoKeysDialog;
  }
}
