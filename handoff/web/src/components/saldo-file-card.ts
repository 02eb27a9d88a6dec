/** A file that was sent: its name, its size, and the way to it. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FileCard } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles } from "./base.styles.ts";
import { FileOpenEvent } from "./events.ts";
import { fileIcon } from "./icons.ts";

/**
 * @summary One line that opens the file.
 * @event saldo-file-open - A customer wants to see it.
 */
@customElement("saldo-file-card")
export class SaldoFileCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      .file {
        width: 100%;
        display: flex;
        align-items: center;
        gap: var(--saldo-space-3);
        min-height: 44px;
        padding: var(--saldo-space-2) var(--saldo-space-3);
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
        color: var(--saldo-text);
        font-size: 14px;
        line-height: 20px;
        text-align: start;
        text-decoration: none;
      }
      .file:hover {
        background: var(--saldo-surface-2);
      }
      svg {
        flex: none;
        color: var(--saldo-accent);
      }
      .name {
        overflow-wrap: anywhere;
        font-weight: 600;
      }
      .size {
        flex: none;
        margin-inline-start: auto;
        color: var(--saldo-text-2);
      }
    `,
  ];

  /** The file. */
  @property({ attribute: false }) card!: FileCard;
  /** An agent's cookie opens a link; a customer's host fetches the file itself. */
  @property() reader: "customer" | "agent" = "customer";
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  private handleOpen(): void {
    this.dispatchEvent(new FileOpenEvent(this.card));
  }

  override render(): TemplateResult {
    const { name, size, id } = this.card;
    const shownSize = this.locale.fileSize(size);
    const content = html`${fileIcon}<span class="name">${name}</span><span class="size">${shownSize}</span>`;
    if (this.reader === "customer")
      return html`<button type="button" class="file" data-testid="file" @click=${this.handleOpen}>${content}</button>`;
    const href = `/api/console/files/${id}`;
    return html`<a class="file" href=${href} target="_blank" rel="noopener" data-testid="file">${content}</a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-file-card": SaldoFileCard;
  }
}
