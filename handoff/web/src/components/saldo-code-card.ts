/** Six boxes for the one-time code. */
import { html, css, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CodeCard } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { type CodeEntry, completeCode, emptyCode, enterDigits, eraseDigit, secondsLeft } from "../state/code-entry.ts";
import { baseStyles, buttonStyles, cardStyles } from "./base.styles.ts";
import { CodeCompleteEvent, CodeMissingEvent } from "./events.ts";

/**
 * @summary Takes a one-time code by typing, paste or autofill and hands it over as soon as it is complete.
 * @event saldo-code-complete - All boxes are filled.
 * @event saldo-code-missing - The person has received no code.
 */
@customElement("saldo-code-card")
export class SaldoCodeCard extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    cardStyles,
    css`
      .boxes {
        display: grid;
        grid-template-columns: repeat(6, minmax(0, 44px));
        gap: var(--saldo-space-2);
        margin: var(--saldo-space-3) 0;
      }
      input {
        width: 100%;
        height: 48px;
        padding: 0;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
        text-align: center;
        font-size: 22px;
        font-variant-numeric: tabular-nums;
      }
      input:focus-visible {
        outline-offset: 0;
      }
      input:disabled {
        background: var(--saldo-surface-2);
        border-color: var(--saldo-line);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: center;
        gap: var(--saldo-space-2);
      }
      .link {
        min-height: 24px;
        font-size: 14px;
      }
    `,
  ];

  @state() private entry: CodeEntry = emptyCode(6);
  @state() private now = Date.now();
  @state() private wasSent = false;

  /** The facts of the challenge. */
  @property({ attribute: false }) card!: CodeCard;
  /** The reader's language. */
  @property({ attribute: false }) locale!: SharedLocale;
  /** The code was entered, or a newer challenge has replaced this one. */
  @property({ type: Boolean }) used = false;

  private timer: ReturnType<typeof setInterval> | undefined;

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

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("card") && this.entry.digits.length !== this.card.length) this.entry = emptyCode(this.card.length);
  }

  private get isInert(): boolean {
    return this.used || this.wasSent || secondsLeft(this.card.expires_at, this.now) === 0;
  }

  private handleInput(event: Event, at: number): void {
    const input = event.target as HTMLInputElement;
    // The box may hold its old digit and a new one: the old one is not entered twice.
    const text = input.value.length === 2 ? input.value.replace(this.entry.digits[at] ?? "", "") : input.value;
    this.take(input.value === "" ? eraseDigit(this.entry, at) : enterDigits(this.entry, at, text));
    input.value = this.entry.digits[at] ?? "";
  }

  private handleKeydown(event: KeyboardEvent, at: number): void {
    const moves: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.card.length - 1 };
    const move = moves[event.key];
    if (event.key === "Backspace") this.take(eraseDigit(this.entry, at));
    else if (move !== undefined) this.focusBox(move);
    else return;
    event.preventDefault();
  }

  private handlePaste(event: ClipboardEvent, at: number): void {
    event.preventDefault();
    this.take(enterDigits(this.entry, at, event.clipboardData?.getData("text") ?? ""));
  }

  private handleMissing(): void {
    this.dispatchEvent(new CodeMissingEvent());
  }

  private take(entry: CodeEntry): void {
    this.entry = entry;
    this.focusBox(entry.focus);
    const code = completeCode(entry);
    if (code === null || this.isInert) return;
    this.wasSent = true;
    this.dispatchEvent(new CodeCompleteEvent(code));
  }

  private focusBox(at: number): void {
    this.renderRoot.querySelectorAll("input")[at]?.focus();
  }

  private renderBox(digit: string, at: number): TemplateResult {
    const label = this.locale.text("code_digit", { position: at + 1, length: this.card.length });
    return html`<input
      type="text"
      inputmode="numeric"
      autocomplete=${at === 0 ? "one-time-code" : "off"}
      aria-label=${label}
      data-testid="code-box"
      ?disabled=${this.isInert}
      .value=${digit}
      @input=${(event: Event) => {
        this.handleInput(event, at);
      }}
      @keydown=${(event: KeyboardEvent) => {
        this.handleKeydown(event, at);
      }}
      @paste=${(event: ClipboardEvent) => {
        this.handlePaste(event, at);
      }}
    />`;
  }

  private renderFoot(): TemplateResult {
    const left = secondsLeft(this.card.expires_at, this.now);
    const isUsed = this.used || this.wasSent;
    if (isUsed || left === 0) return html`<p class="small">${this.locale.text(isUsed ? "code_used" : "code_expired")}</p>`;
    return html`<span class="small money">${this.locale.text("code_left", { time: this.locale.duration(left) })}</span>`;
  }

  override render(): TemplateResult {
    const { locale, card } = this;
    return html`<div class="card" role="group" aria-label=${locale.text("code")} data-testid="code-card">
      <h3>${locale.text("code")}</h3>
      ${this.isInert ? nothing : html`<p class="small">${locale.text("code_hint", { length: card.length })}</p>`}
      <div class="boxes">${this.entry.digits.map((digit, at) => this.renderBox(this.isInert ? "•" : digit, at))}</div>
      <div class="foot">
        ${this.renderFoot()}
        ${this.used || this.wasSent
          ? nothing
          : html`<button type="button" class="link" data-testid="code-missing" @click=${this.handleMissing}>
              ${locale.text("code_missing")}
            </button>`}
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-code-card": SaldoCodeCard;
  }
}
