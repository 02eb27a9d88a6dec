/** After the conversation: how it ended, a note, and the time that is left for both. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { WrapUpDone, WrapUpOut } from "../api/console.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordDisposition } from "../i18n/desk-words.ts";
import { type Bindings, capOf, DEFAULTS } from "../state/keymap.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { WrapUpChangeEvent, WrapUpDoneEvent } from "./events.ts";

/**
 * @summary A bar across the transcript with one question.
 * @event saldo-wrap-up-change - Something was chosen or noted.
 * @event saldo-wrap-up-done - It is finished or skipped.
 */
@customElement("saldo-wrap-up")
export class SaldoWrapUp extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      :host {
        display: block;
        font-size: 14px;
        line-height: 20px;
      }
      fieldset {
        display: grid;
        gap: var(--saldo-space-3);
        margin: 0;
        padding: var(--saldo-space-3) var(--saldo-space-4);
        border: 0;
        border-top: 2px solid var(--saldo-accent);
        background: var(--saldo-surface-2);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: var(--saldo-space-2);
      }
      legend {
        display: contents;
      }
      .left {
        color: var(--saldo-text-2);
        font-variant-numeric: tabular-nums;
      }
      .codes {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .codes label {
        position: relative;
        padding: 5px 12px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: 18px;
        background: var(--saldo-surface);
        cursor: pointer;
      }
      .codes label:hover {
        background: var(--saldo-accent-soft);
      }
      .codes label:has(:checked) {
        border-color: var(--saldo-accent);
        background: var(--saldo-accent);
        color: var(--saldo-on-accent);
        font-weight: 600;
      }
      .codes label:has(:focus-visible) {
        outline: 2px solid var(--saldo-focus);
        outline-offset: 2px;
      }
      @media (forced-colors: active) {
        .codes label:has(:checked) {
          outline: 3px solid Highlight;
        }
      }
      .codes input {
        position: absolute;
        inset: 0;
        opacity: 0;
        cursor: pointer;
      }
      .note {
        display: flex;
        flex-wrap: wrap;
        gap: var(--saldo-space-2);
      }
      .note input {
        flex: 1;
        min-width: 180px;
        min-height: 36px;
        padding: 6px 10px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
      }
    `,
  ];

  private timer: ReturnType<typeof setInterval> | undefined;

  @query("input[type=radio]") private firstCode!: HTMLElement | null;
  @query("input[type=text]") private noteField!: HTMLElement;
  @state() private now = Date.now();

  /** What the server asks for. */
  @property({ attribute: false }) wrapUp!: WrapUpOut;
  /** When it ends by this machine's clock. */
  @property({ type: Number }) endsAt: number | null = null;
  /** What has been chosen and noted so far. */
  @property({ attribute: false }) draft: WrapUpDone = { disposition: null, note: null };
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => {
      this.now = Date.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.firstCode?.focus());
  }

  focusNote(): void {
    void this.updateComplete.then(() => {
      this.noteField.focus();
    });
  }

  /** Done with what is chosen; with nothing chosen, the question gets the focus instead. */
  finish(): void {
    if (this.draft.disposition === null) this.focus();
    else this.dispatchEvent(new WrapUpDoneEvent(this.draft));
  }

  private handleSkip(): void {
    this.dispatchEvent(new WrapUpDoneEvent({ disposition: null, note: null }));
  }

  private handleNote(event: Event): void {
    const note = (event.target as HTMLInputElement).value;
    this.change({ note: note.trim() === "" ? null : note });
  }

  private handleKeydown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    this.finish();
  }

  private change(part: Partial<WrapUpDone>): void {
    this.draft = { ...this.draft, ...part };
    this.dispatchEvent(new WrapUpChangeEvent(this.draft));
  }

  private renderCode(code: string): TemplateResult {
    const choose = (): void => {
      this.change({ disposition: code });
    };
    return html`<label data-testid="disposition" data-code=${code}>
      <input type="radio" name="disposition" .checked=${live(this.draft.disposition === code)} @change=${choose} />
      ${wordDisposition(code, this.locale)}
    </label>`;
  }

  private wordTime(): string {
    const seconds = ((this.endsAt ?? this.now) - this.now) / 1000;
    if (seconds <= 0) return this.locale.text("wrap_up_over");
    return this.locale.text("wrap_up_left", { time: this.locale.duration(Math.ceil(seconds)) });
  }

  override render(): TemplateResult {
    const { locale, bindings } = this;
    const label = `${locale.text("wrap_up")}. ${locale.text("wrap_up_question")}`;
    return html`<fieldset data-testid="wrap-up" aria-label=${label} @keydown=${this.handleKeydown}>
      <div class="top">
        <b>${locale.text("wrap_up_question")}</b><span class="left" data-testid="wrap-up-left">${this.wordTime()}</span>
      </div>
      <div class="codes">${this.wrapUp.dispositions.map((code) => this.renderCode(code))}</div>
      <div class="note">
        <input
          type="text"
          data-testid="wrap-up-note"
          aria-label=${locale.text("wrap_up_note")}
          placeholder=${locale.text("wrap_up_note")}
          maxlength="2000"
          .value=${live(this.draft.note ?? "")}
          @input=${this.handleNote}
        />
        <button type="button" class="button primary" data-testid="wrap-up-done" @click=${this.finish}>
          ${locale.text("wrap_up_done")} <kbd aria-hidden="true">${capOf(bindings.done)}</kbd>
        </button>
        <button type="button" class="button quiet" data-testid="wrap-up-skip" @click=${this.handleSkip}>
          ${locale.text("wrap_up_skip")}
        </button>
      </div>
    </fieldset>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-wrap-up": SaldoWrapUp;
  }
}
