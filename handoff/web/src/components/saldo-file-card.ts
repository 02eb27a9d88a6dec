/** A file that was sent: its name, its size, and the way to it. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
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
      .file:has(.preview) {
        flex-wrap: wrap;
      }
      .preview {
        flex-basis: 100%;
        max-height: 240px;
        border-radius: var(--saldo-radius-small);
        object-fit: contain;
        object-position: 0 0;
      }
      .name {
        overflow-wrap: anywhere;
        font-weight: 600;
      }
      .failed {
        padding: 4px 2px 0;
        font-size: 13px;
        line-height: 18px;
        color: var(--saldo-critical);
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

  @state() private isOpening = false;
  @state() private hasFailed = false;

  private async handleOpen(): Promise<void> {
    if (this.isOpening) return;
    const event = new FileOpenEvent(this.card);
    this.dispatchEvent(event);
    this.isOpening = true;
    this.hasFailed = await (event.outcome ?? Promise.reject(new Error())).then(
      () => false,
      () => true,
    );
    this.isOpening = false;
  }

  private renderForCustomer(content: TemplateResult): TemplateResult {
    const title = this.locale.text("file_save", { name: this.card.name });
    return html`<button
        type="button"
        class="file"
        data-testid="file"
        title=${title}
        aria-busy=${this.isOpening}
        @click=${this.handleOpen}
      >
        ${content}
      </button>
      ${this.hasFailed ? html`<p class="failed" role="alert">${this.locale.text("file_failed")}</p>` : nothing}`;
  }

  /** An agent sees at once what a customer sent, such as a meter; the link beneath names it. */
  private renderPreview(href: string): TemplateResult | typeof nothing {
    if (!this.card.media_type.startsWith("image/")) return nothing;
    return html`<img class="preview" src=${href} alt="" loading="lazy" data-testid="file-preview" />`;
  }

  override render(): TemplateResult {
    const { name, size, id } = this.card;
    const shownSize = this.locale.fileSize(size);
    const content = html`${fileIcon}<span class="name">${name}</span><span class="size">${shownSize}</span>`;
    if (this.reader === "customer") return this.renderForCustomer(content);
    const href = `/api/console/files/${id}`;
    return html`<a class="file" href=${href} target="_blank" rel="noopener" data-testid="file">
      ${this.renderPreview(href)}${content}
    </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-file-card": SaldoFileCard;
  }
}
