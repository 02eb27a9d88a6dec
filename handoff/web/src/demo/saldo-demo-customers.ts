/** Six customers to try, why, and how. Stands apart from the company's own page. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type DemoCustomer, listDemoCustomers } from "../api/demo.ts";
import { copyIcon } from "../components/icons.ts";
import type { DemoLocale } from "../i18n/demo-locale.ts";
import { copyText } from "./copy.ts";
import { demoCustomersStyles } from "./demo-customers.styles.ts";

const AGENT = { email: "mia@nordlicht.example", password: "nordlicht-demo" };
const COPIED_SHOWN_MS = 1800;

type StoryKey = "discount_ended" | "extra_usage" | "plan_change" | "late_payment" | "duplicate_charge" | "first_bill" | "cheaper_plan";

/** @summary A table of customers whose numbers are copied by a click, and the way into the agent console. */
@customElement("saldo-demo-customers")
export class SaldoDemoCustomers extends LitElement {
  static override styles = demoCustomersStyles;

  @state() private customers: DemoCustomer[] = [];
  @state() private copied: string | null = null;

  /** The reader's language. */
  @property({ attribute: false }) locale!: DemoLocale;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.customers = await listDemoCustomers();
    } catch {
      // Without the demo's data the page is an ordinary page, and this panel stays away.
      this.customers = [];
    }
  }

  private async copy(value: string): Promise<void> {
    if (!(await copyText(value))) return;
    this.copied = value;
    setTimeout(() => {
      this.copied = null;
    }, COPIED_SHOWN_MS);
  }

  private wordStory(prefix: "story" | "question", story: string): string {
    const key = `${prefix}_${story}` as `${typeof prefix}_${StoryKey}`;
    return this.locale.has(key) ? this.locale.text(key) : "";
  }

  private wordCountry(country: string): string {
    return country === "DE" || country === "FI" ? this.locale.text(`from_${country}`) : country;
  }

  private renderNumber(value: string): TemplateResult {
    const copy = (): void => void this.copy(value);
    return html`<button
      type="button"
      class="number"
      data-testid="copy-number"
      aria-label=${this.locale.text("copy", { value })}
      @click=${copy}
    >
      ${this.copied === value ? this.locale.text("copied") : value} ${copyIcon}
    </button>`;
  }

  private renderCustomer(customer: DemoCustomer): TemplateResult {
    return html`<tr data-testid="demo-customer" data-story=${customer.story} data-language=${customer.language}>
      <th scope="row">${customer.name}<span class="small">${this.wordCountry(customer.country)}</span></th>
      <td>${this.renderNumber(customer.customer_number)}</td>
      <td>${this.wordStory("story", customer.story)}</td>
      <td class="question">${this.wordStory("question", customer.story)}</td>
    </tr>`;
  }

  private renderTable(): TemplateResult {
    const columns = ["column_customer", "column_number", "column_story", "column_question"] as const;
    return html`<table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${this.locale.text(column)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${this.customers.map((customer) => this.renderCustomer(customer))}
      </tbody>
    </table>`;
  }

  override render(): TemplateResult | typeof nothing {
    if (this.customers.length === 0) return nothing;
    const { locale } = this;
    const steps = ["step_ask", "step_number", "step_code", "step_person"] as const;
    return html`<section aria-labelledby="heading">
      <div class="inner">
        <h2 id="heading">${locale.text("demo_heading")}</h2>
        <p class="lead">${locale.text("demo_lead")}</p>
        <ol>
          ${steps.map((step) => html`<li>${locale.text(step)}</li>`)}
        </ol>
        ${this.renderTable()}
        <p class="console">
          <a href="/console" target="_blank" rel="noopener" data-testid="console-link">${locale.text("console_link")}</a>
          <span>${locale.text("console_note", AGENT)}</span>
        </p>
        <p class="hidden" role="status">${this.copied === null ? "" : locale.text("copied")}</p>
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-demo-customers": SaldoDemoCustomers;
  }
}
