/** The effect of an action before it is done: what is another afterwards, what the customer is told, who has to agree. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ActionPreview, PreviewLine } from "../api/actions.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { leadFocus } from "../components/focus.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { ObserverController } from "../state/observable.ts";
import type { ActionCase } from "../state/panel-actions.ts";
import { panelTabStyles } from "./customer-panel.styles.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { actionsStyles } from "./saldo-actions.styles.ts";

/** @summary Before and after, and the press that does it. */
@customElement("saldo-actions-preview")
export class SaldoActionsPreview extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, panelTabStyles, actionsStyles];

  /** What is done for the customer. */
  @property({ attribute: false }) desk!: ActionCase;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.desk);
  }

  /** The effect is what the agent asked for, so the view follows to it; the focus from the form around it only. */
  protected override firstUpdated(): void {
    const box = this.shadowRoot?.querySelector<HTMLElement>(".preview");
    const root = this.getRootNode();
    leadFocus(root instanceof ShadowRoot ? root.host : this, box);
    box?.scrollIntoView({ block: "nearest" });
  }

  private readonly handleConfirm = (): void => {
    void this.desk.confirm();
  };

  private renderLine({ label, before, after }: PreviewLine, hasBefore: boolean): TemplateResult {
    const none = this.locale.text("preview_nothing");
    return html`<tr>
      <th scope="row">${label}</th>
      ${hasBefore ? html`<td>${before ?? none}</td>` : nothing}
      <td>${after ?? none}</td>
    </tr>`;
  }

  private renderLines({ lines }: ActionPreview): TemplateResult | typeof nothing {
    const { locale } = this;
    if (lines.length === 0) return nothing;
    const hasBefore = lines.some(({ before }) => before !== null);
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${locale.text("preview_what")}</th>
          ${hasBefore ? html`<th scope="col">${locale.text("preview_before")}</th>` : nothing}
          <th scope="col">${locale.text("preview_after")}</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map((line) => this.renderLine(line, hasBefore))}
      </tbody>
    </table>`;
  }

  private renderNotice({ needs_approval: asks, notice }: ActionPreview): TemplateResult | typeof nothing {
    const words = notice ?? (asks ? this.locale.text("preview_approval") : null);
    if (words === null) return nothing;
    return html`<p class="box ${asks ? "asks" : ""}" data-testid=${asks ? "needs-approval" : "notice"}>${words}</p>`;
  }

  override render(): TemplateResult | typeof nothing {
    const { locale } = this;
    const { preview, isBusy, isHeld } = this.desk;
    if (!preview) return nothing;
    return html`<section class="preview" tabindex="-1" aria-labelledby="effect" data-testid="action-effect">
      <div>
        <h3>${locale.text("preview_title")}</h3>
        <h4 id="effect">${preview.title}</h4>
      </div>
      ${this.renderLines(preview)}
      ${this.renderNotice(preview)}
      ${isHeld && !isBusy
        ? nothing
        : html`<div class="buttons">
            <button type="button" class="button primary" data-testid="action-confirm" aria-disabled=${isBusy} @click=${this.handleConfirm}>
              ${isBusy ? locale.text("action_busy") : locale.text(preview.needs_approval ? "confirm_approval" : "confirm")}
            </button>
          </div>`}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-actions-preview": SaldoActionsPreview;
  }
}
