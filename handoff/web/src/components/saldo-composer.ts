/** Where a message is written. */
import { html, css, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { MESSAGE_LIMIT } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, buttonStyles } from "./base.styles.ts";
import { DraftChangeEvent, MessageSendEvent } from "./events.ts";
import { sendIcon } from "./icons.ts";

const WARN_FROM = MESSAGE_LIMIT - 200;

/**
 * @summary A field that grows to five lines. Enter sends, Shift+Enter breaks the line.
 * @event saldo-message-send - The text shall be sent; the field is empty afterwards.
 * @event saldo-draft-change - The text has changed.
 */
@customElement("saldo-composer")
export class SaldoComposer extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .frame {
        display: flex;
        align-items: flex-end;
        gap: var(--saldo-space-2);
        padding: 4px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
      }
      .frame:focus-within {
        border-color: var(--saldo-focus);
        box-shadow: 0 0 0 1px var(--saldo-focus);
      }
      textarea {
        flex: 1;
        min-width: 0;
        height: 40px;
        max-height: 136px;
        padding: 8px 10px;
        border: 0;
        resize: none;
        background: transparent;
        font-size: 16px;
        line-height: 24px;
      }
      textarea:focus-visible {
        outline: 0;
      }
      textarea::placeholder {
        color: var(--saldo-text-3);
        opacity: 1;
      }
      .send {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 6px;
        min-width: 40px;
        padding: 8px 12px;
        border-radius: 9px;
        font-size: 15px;
        line-height: 22px;
      }
      .limit {
        padding: 4px 4px 0;
        font-size: 13px;
        line-height: 18px;
        color: var(--saldo-text-2);
        font-variant-numeric: tabular-nums;
      }
      .limit.over {
        color: var(--saldo-critical);
        font-weight: 600;
      }
    `,
  ];

  @query("textarea") private field!: HTMLTextAreaElement;

  /** The text being written. */
  @property() text = "";
  /** The name of the field, where "your message" does not say enough. */
  @property() label = "";
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("text")) this.grow();
  }

  /** Code points, as the server counts. */
  private get charactersLeft(): number {
    return MESSAGE_LIMIT - Array.from(this.text).length;
  }

  private get canSend(): boolean {
    return this.text.trim() !== "" && this.charactersLeft >= 0;
  }

  private grow(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.max(40, this.field.scrollHeight)}px`;
  }

  private handleInput(): void {
    this.text = this.field.value;
    this.dispatchEvent(new DraftChangeEvent(this.text));
  }

  private handleKeydown(event: KeyboardEvent): void {
    // An input method's Enter chooses a word; it does not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  private send(): void {
    if (!this.canSend) return;
    this.dispatchEvent(new MessageSendEvent(this.text.trim()));
    this.text = "";
    this.dispatchEvent(new DraftChangeEvent(""));
    this.field.focus();
  }

  override focus(options?: FocusOptions): void {
    void this.updateComplete.then(() => {
      this.field.focus(options);
    });
  }

  private renderLimit(): TemplateResult | typeof nothing {
    const left = this.charactersLeft;
    if (left > MESSAGE_LIMIT - WARN_FROM) return nothing;
    const text = this.locale.text(left < 0 ? "characters_over" : "characters_left", { count: Math.abs(left) });
    return html`<p class="limit ${left < 0 ? "over" : ""}" role="status" data-testid="limit">${text}</p>`;
  }

  override render(): TemplateResult {
    return html`<div class="frame">
        <textarea
          rows="1"
          aria-label=${this.label || this.locale.text("composer")}
          placeholder=${this.locale.text("composer_placeholder")}
          data-testid="composer"
          .value=${this.text}
          @input=${this.handleInput}
          @keydown=${this.handleKeydown}
        ></textarea>
        <button type="button" class="button primary send" data-testid="send" ?disabled=${!this.canSend} @click=${this.send}>
          ${sendIcon}<span>${this.locale.text("send")}</span>
        </button>
      </div>
      ${this.renderLimit()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-composer": SaldoComposer;
  }
}
