/** Where a message is written. */
import { html, css, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { FILE_LIMIT_MEGABYTES } from "../api/chat-files.ts";
import { FILE_TYPES } from "../api/files.ts";
import { MESSAGE_LIMIT } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles, buttonStyles } from "./base.styles.ts";
import { DraftChangeEvent, FilesChooseEvent, MessageSendEvent } from "./events.ts";
import { clipIcon, sendIcon } from "./icons.ts";

const WARN_FROM = MESSAGE_LIMIT - 200;

/**
 * @summary A field that grows to five lines. Enter sends, Shift+Enter breaks the line.
 * @event saldo-message-send - The text shall be sent; the field is empty afterwards.
 * @event saldo-draft-change - The text has changed.
 * @event saldo-files-choose - Files shall be sent; only such as the server takes.
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
      .attach {
        display: inline-flex;
        flex: none;
        align-items: center;
        justify-content: center;
        width: 40px;
        height: 40px;
        padding: 0;
        border: 0;
        border-radius: 9px;
        background: none;
        color: var(--saldo-text-2);
      }
      .attach:hover {
        background: var(--saldo-surface-3);
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
  @query("input[type=file]") private picker!: HTMLInputElement | null;

  /** Why a chosen file cannot be sent. */
  @state() private refusal = "";

  /** The text being written. */
  @property() text = "";
  /** The name of the field, where "your message" does not say enough. */
  @property() label = "";
  /** Whether files can be sent now. */
  @property({ type: Boolean }) files = false;
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

  /** Take chosen, pasted or dropped files; those that the server would refuse are named at once. */
  offer(files: Iterable<File>): void {
    const refusals = new Map([...files].map((file) => [file, this.refusalOf(file)]));
    this.refusal = [...refusals.values()].filter((refusal) => refusal !== null).join(" ");
    const taken = [...refusals].filter(([, refusal]) => refusal === null).map(([file]) => file);
    if (taken.length > 0) this.dispatchEvent(new FilesChooseEvent(taken));
  }

  private refusalOf({ name, size, type }: File): string | null {
    if (!FILE_TYPES.split(",").includes(type)) return this.locale.text("file_kind", { name });
    const isTooBig = size > FILE_LIMIT_MEGABYTES * 1024 * 1024;
    return isTooBig ? this.locale.text("file_too_big", { name, limit: FILE_LIMIT_MEGABYTES }) : null;
  }

  private handleAttach(): void {
    this.picker?.click();
  }

  private handlePicked(): void {
    if (!this.picker) return;
    this.offer(this.picker.files ?? []);
    // The same file again is a change, too.
    this.picker.value = "";
    this.field.focus();
  }

  private handlePaste(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (!this.files || !files || files.length === 0) return;
    event.preventDefault();
    this.offer(files);
  }

  private send(): void {
    if (!this.canSend) return;
    this.refusal = "";
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

  private renderAttach(): TemplateResult | typeof nothing {
    if (!this.files) return nothing;
    const label = this.locale.text("attach");
    return html`<input type="file" multiple hidden accept=${FILE_TYPES} aria-label=${label} data-testid="file-picker" @change=${this.handlePicked} />
      <button type="button" class="attach" aria-label=${label} title=${label} data-testid="attach" @click=${this.handleAttach}>
        ${clipIcon}
      </button>`;
  }

  override render(): TemplateResult {
    return html`<div class="frame">
        ${this.renderAttach()}
        <textarea
          rows="1"
          aria-label=${this.label || this.locale.text("composer")}
          placeholder=${this.locale.text("composer_placeholder")}
          data-testid="composer"
          .value=${this.text}
          @input=${this.handleInput}
          @keydown=${this.handleKeydown}
          @paste=${this.handlePaste}
        ></textarea>
        <button type="button" class="button primary send" data-testid="send" ?disabled=${!this.canSend} @click=${this.send}>
          ${sendIcon}<span>${this.locale.text("send")}</span>
        </button>
      </div>
      <p class="limit over" role="alert" data-testid="file-refusal" ?hidden=${this.refusal === ""}>${this.refusal}</p>
      ${this.renderLimit()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-composer": SaldoComposer;
  }
}
