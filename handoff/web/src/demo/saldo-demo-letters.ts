/** The mailbox of the demo's customers: shows the letters that the system sends them, with their documents. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type DemoLetter, listDemoLetters } from "../api/demo.ts";
import type { DemoLocale } from "../i18n/demo-locale.ts";
import { demoLettersStyles } from "./demo-letters.styles.ts";

const POLL_MS = 3000;

/** @summary A list of letters; not there until one was sent. */
@customElement("saldo-demo-letters")
export class SaldoDemoLetters extends LitElement {
  static override styles = demoLettersStyles;

  private timer: ReturnType<typeof setTimeout> | undefined;

  @state() private letters: DemoLetter[] = [];

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

  private async poll(): Promise<void> {
    try {
      if (document.visibilityState !== "hidden") this.letters = await listDemoLetters();
    } catch {
      // The server restarts or has no demo: the next try tells.
    }
    if (this.isConnected) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private renderLetter(letter: DemoLetter): TemplateResult {
    const { name, to: address, subject, sent_at: sentAt, pdf } = letter;
    return html`<li data-testid="demo-letter" data-to=${address}>
      <p class="subject">${subject}</p>
      <p class="small">
        ${this.locale.text("letter_to", { name, address })}
        <time datetime=${sentAt}>${this.locale.time(Date.parse(sentAt))}</time>
      </p>
      ${
        pdf === null
          ? nothing
          : html`<a href=${pdf} target="_blank" rel="noopener" aria-label=${this.locale.text("letter_pdf", { subject })}
              >PDF</a
            >`
      }
    </li>`;
  }

  override render(): TemplateResult | typeof nothing {
    if (this.letters.length === 0) return nothing;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${this.locale.text("letters")}</h2>
      <ul>
        ${this.letters.map((letter) => this.renderLetter(letter))}
      </ul>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-demo-letters": SaldoDemoLetters;
  }
}
