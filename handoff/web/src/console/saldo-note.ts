/** A note among the messages, on ground of its own colour and with words that say who can read it. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { NoteOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { OutboxEntry } from "../state/outbox.ts";
import { NoteDiscardEvent } from "./events.ts";

const TITLES = { note: "note_private", transfer: "note_transfer", whisper: "note_whisper" } as const;

/**
 * @summary Who noted what and when; customers never see it.
 * @event saldo-note-discard - A note that was not stored shall be given up.
 */
@customElement("saldo-note")
export class SaldoNote extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: block;
      }
      .note {
        display: grid;
        gap: 2px;
        padding: var(--saldo-space-2) var(--saldo-space-3);
        border-inline-start: 3px solid var(--saldo-note-line);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-note);
        color: var(--saldo-on-note);
        font-size: 14px;
        line-height: 20px;
      }
      .meta {
        font-size: 13px;
        line-height: 18px;
        font-variant-numeric: tabular-nums;
      }
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .refused {
        color: var(--saldo-critical);
      }
    `,
  ];

  /** A note that is stored. */
  @property({ attribute: false }) note: NoteOut | null = null;
  /** A note on its way. */
  @property({ attribute: false }) pending: OutboxEntry | null = null;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private renderPending(entry: OutboxEntry): TemplateResult {
    const discard = (): boolean => this.dispatchEvent(new NoteDiscardEvent(entry.id));
    return html`<p class="meta">${this.locale.text("note_private")} · ${this.locale.text("note_pending")}</p>
      <p class="text">${entry.text}</p>
      ${entry.refusal === null
        ? nothing
        : html`<p class="meta refused" role="alert">
            ${entry.refusal || this.locale.text("action_failed")} <button type="button" class="link" @click=${discard}>${this.locale.text("discard")}</button>
          </p>`}`;
  }

  private renderNote(note: NoteOut): TemplateResult {
    const at = this.locale.time(Date.parse(note.written_at));
    return html`<p class="meta"><b>${this.locale.text(TITLES[note.kind ?? "note"])}</b> · ${note.agent_name} · ${at}</p>
      <p class="text">${note.text}</p>`;
  }

  override render(): TemplateResult {
    return html`<div class="note" data-testid="note" data-state=${this.note ? "stored" : "pending"}>
      ${this.note ? this.renderNote(this.note) : this.pending ? this.renderPending(this.pending) : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-note": SaldoNote;
  }
}
