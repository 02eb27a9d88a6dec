/** The phone of the demo's customers: shows the text messages that the system sends them. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { listPhoneMessages, type PhoneMessage } from "../api/demo.ts";
import { copyIcon, crossIcon } from "../components/icons.ts";
import type { DemoLocale } from "../i18n/demo-locale.ts";
import { copyText } from "./copy.ts";
import { demoPhoneStyles } from "./demo-phone.styles.ts";

const POLL_MS = 1500;
const COPIED_SHOWN_MS = 900;
const SHOWN_MESSAGES = 12;
/** A message older than this was not sent to whoever opens the page now. */
const FRESH_MS = 90_000;
const SMALL_SCREEN = "(max-width: 760px)";

/** @summary A phone in the corner that opens when a text message arrives. */
@customElement("saldo-demo-phone")
export class SaldoDemoPhone extends LitElement {
  static override styles = demoPhoneStyles;

  private timer: ReturnType<typeof setTimeout> | undefined;

  @state() private messages: PhoneMessage[] = [];
  @state() private isThere = false;
  @state() private copied: number | null = null;

  /** Whether the phone is to be seen, and not only its tab. */
  @property({ type: Boolean, reflect: true }) open = false;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DemoLocale;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.poll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override updated(): void {
    const phone = this.renderRoot.querySelector(".phone");
    const taken = phone && matchMedia(SMALL_SCREEN).matches ? Math.ceil(phone.getBoundingClientRect().bottom) : 0;
    document.querySelector<HTMLElement>("saldo-chat")?.style.setProperty("--saldo-panel-top", `${taken}px`);
  }

  private async poll(): Promise<void> {
    try {
      if (document.visibilityState !== "hidden") this.receive(await listPhoneMessages(this.messages.at(-1)?.id ?? 0));
    } catch {
      // The server restarts or has no demo: the next try tells.
    }
    if (this.isConnected) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private receive(arrived: readonly PhoneMessage[]): void {
    this.isThere = true;
    if (arrived.length === 0) return;
    const newest = arrived.at(-1)?.sent_at ?? "";
    if (this.messages.length > 0 || Date.now() - Date.parse(newest) < FRESH_MS) this.open = true;
    this.messages = [...this.messages, ...arrived].slice(-SHOWN_MESSAGES);
    void this.updateComplete.then(() => {
      const screen = this.renderRoot.querySelector(".screen");
      if (screen) screen.scrollTop = screen.scrollHeight;
    });
  }

  private handleToggle(): void {
    this.open = !this.open;
  }

  private async copyCode(message: PhoneMessage, code: string): Promise<void> {
    if (!(await copyText(code))) return;
    this.copied = message.id;
    // On a small screen the message takes room from the chat, into which the code now goes.
    if (matchMedia(SMALL_SCREEN).matches) setTimeout(() => (this.open = false), COPIED_SHOWN_MS);
  }

  private renderCode(message: PhoneMessage): TemplateResult | typeof nothing {
    const code = findCode(message.body);
    if (code === null) return nothing;
    const copy = (): void => void this.copyCode(message, code);
    return html`<button type="button" class="copy" data-testid="copy-code" @click=${copy}>
      ${copyIcon} ${this.locale.text(this.copied === message.id ? "copied" : "copy_code")}
    </button>`;
  }

  private renderMessage(message: PhoneMessage): TemplateResult {
    const { name, to: number } = message;
    return html`<article data-testid="phone-message" data-to=${number}>
      <p class="to">${this.locale.text("phone_to", { name, number })}</p>
      <p class="body">${message.body}</p>
      <p class="foot"><time>${this.locale.time(Date.parse(message.sent_at))}</time>${this.renderCode(message)}</p>
    </article>`;
  }

  private renderPhone(): TemplateResult {
    return html`<section class="phone" data-testid="demo-phone" aria-label=${this.locale.text("phone")}>
      <header>
        <h2>${this.locale.text("phone")}</h2>
        <button type="button" class="hide" aria-label=${this.locale.text("phone_hide")} @click=${this.handleToggle}>
          ${crossIcon}
        </button>
      </header>
      <div class="screen" role="log" aria-live="polite" tabindex="0">
        ${this.messages.length === 0 ? html`<p class="empty">${this.locale.text("phone_empty")}</p>` : nothing}
        ${this.messages.map((message) => this.renderMessage(message))}
      </div>
    </section>`;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.isThere) return nothing;
    if (this.open) return this.renderPhone();
    return html`<button type="button" class="tab" data-testid="demo-phone-tab" @click=${this.handleToggle}>
      ${this.locale.text("phone")}
    </button>`;
  }
}

/** Return the six digits of a code, also when they are written in two groups. */
export function findCode(body: string): string | null {
  return /\b(\d{3})[ \u00a0-]?(\d{3})\b/.exec(body)?.slice(1).join("") ?? null;
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-demo-phone": SaldoDemoPhone;
  }
}
