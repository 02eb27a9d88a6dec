/** A file that was sent: its name, its size, and the way to it. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FileCard } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { baseStyles } from "./base.styles.ts";
import { fileIcon } from "./icons.ts";

/** @summary One line that opens the file in a tab of its own. */
@customElement("saldo-file-card")
export class SaldoFileCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      a {
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
        text-decoration: none;
      }
      a:hover {
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
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;

  override render(): TemplateResult {
    const { name, size, url } = this.card;
    const shownSize = this.locale.fileSize(size);
    return html`<a
      href=${url}
      target="_blank"
      rel="noopener"
      data-testid="file"
      aria-label=${this.locale.text("file", { name, size: shownSize })}
    >
      ${fileIcon}<span class="name">${name}</span><span class="size">${shownSize}</span>
    </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-file-card": SaldoFileCard;
  }
}
