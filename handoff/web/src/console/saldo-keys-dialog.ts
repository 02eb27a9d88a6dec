/** The keyboard map, and the way to change it. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { DeskSettings } from "../state/desk-settings.ts";
import { capOf, type DeskAction, KEYS } from "../state/keymap.ts";
import { ObserverController } from "../state/observable.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { dialogStyles } from "./dialog.styles.ts";

/** @summary Every key and what it does; each can be another, and single keys can be switched off. */
@customElement("saldo-keys-dialog")
export class SaldoKeysDialog extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    dialogStyles,
    css`
      dialog {
        width: min(720px, calc(100vw - 32px));
      }
      .lead {
        margin: var(--saldo-space-2) 0 var(--saldo-space-4);
        color: var(--saldo-text-2);
      }
      ul {
        columns: 2;
        column-gap: var(--saldo-space-6);
      }
      li {
        display: grid;
        grid-template-columns: 84px minmax(0, 1fr);
        align-items: center;
        gap: 0 var(--saldo-space-2);
        break-inside: avoid;
      }
      .key {
        justify-self: start;
        min-width: 32px;
        min-height: 32px;
        padding: 2px 6px;
        border: 0;
        border-radius: var(--saldo-radius-small);
        background: none;
        text-align: start;
      }
      .key:hover:not(:disabled) {
        background: var(--saldo-surface-3);
      }
      .key kbd {
        min-width: 22px;
        line-height: 20px;
      }
      .trouble {
        min-height: 20px;
        margin-top: var(--saldo-space-2);
        color: var(--saldo-critical);
        font-weight: 600;
      }
      .foot {
        justify-content: space-between;
        align-items: center;
      }
      @media (max-width: 599px) {
        ul {
          columns: 1;
        }
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;

  /** The action that waits for its new key. */
  @state() private asking: DeskAction | null = null;
  @state() private trouble: string | null = null;

  /** What the agent has set on this machine. */
  @property({ attribute: false }) settings!: DeskSettings;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.settings);
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  show(): void {
    this.asking = null;
    this.trouble = null;
    this.dialog.showModal();
  }

  private handleToggle(): void {
    this.settings.hasKeys = !this.settings.hasKeys;
  }

  private handleDone(): void {
    this.dialog.close();
  }

  private handleReset(): void {
    this.settings.resetBindings();
    this.trouble = null;
  }

  private handleKeydown(event: KeyboardEvent): void {
    const { asking } = this;
    if (asking === null || ["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.asking = null;
    else this.give(asking, event.key);
  }

  private give(action: DeskAction, key: string): void {
    const rebound = this.settings.rebind(action, key);
    if ("bindings" in rebound) {
      this.asking = null;
      this.trouble = null;
    } else if ("takenBy" in rebound) {
      const taken = this.locale.text(`key_${rebound.takenBy}`);
      this.trouble = this.locale.text("key_taken", { key: capOf(key), action: taken });
    } else this.trouble = this.locale.text("key_unusable");
  }

  private renderKey(action: DeskAction): TemplateResult {
    const { locale } = this;
    const cap = capOf(this.settings.bindings[action]);
    const what = locale.text(`key_${action}`);
    const ask = (): void => {
      this.asking = action;
      this.trouble = null;
    };
    const stop = (): void => {
      if (this.asking === action) this.asking = null;
    };
    const isAsking = this.asking === action;
    return html`<li data-testid="key" data-action=${action}>
      <button
        type="button"
        class="key"
        ?disabled=${action === "leave"}
        aria-label=${isAsking ? locale.text("key_press") : locale.text("key_change", { action: what, key: cap })}
        @click=${ask}
        @blur=${stop}
      >
        ${isAsking ? html`<i>${locale.text("key_press")}</i>` : html`<kbd>${cap}</kbd>`}
      </button>
      <span>${what}</span>
    </li>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<dialog aria-labelledby="title" data-testid="keys-dialog" @keydown=${this.handleKeydown}>
      <h2 id="title">${locale.text("keys_title")}</h2>
      <p class="lead">${locale.text("keys_note")}</p>
      <ul>
        ${KEYS.map(({ action }) => this.renderKey(action))}
      </ul>
      <p class="trouble" role="status" data-testid="key-trouble">${this.trouble ?? nothing}</p>
      <div class="foot">
        <label class="choice">
          <input type="checkbox" data-testid="keys-enabled" .checked=${this.settings.hasKeys} @change=${this.handleToggle} />
          ${locale.text("keys_enabled")}
        </label>
        <span>
          <button type="button" class="button quiet" data-testid="keys-reset" @click=${this.handleReset}>${locale.text("keys_reset")}</button>
          <button type="button" class="button primary" @click=${this.handleDone}>${locale.text("done")}</button>
        </span>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-keys-dialog": SaldoKeysDialog;
  }
}
