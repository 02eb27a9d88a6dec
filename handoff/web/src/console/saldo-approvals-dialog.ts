/** What waits for a supervisor's decision: who asks, for whom, how much, why; approve or refuse with a note. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { Approval, Decision } from "../api/actions.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { ObserverController } from "../state/observable.ts";
import type { ApprovalList } from "../state/panel-approvals.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ConversationChooseEvent } from "./events.ts";
import { tasksDialogStyles } from "./tasks-dialog.styles.ts";

/**
 * @summary The list of approvals, the oldest first.
 * @event saldo-conversation-choose - A supervisor wants to read along before deciding.
 */
@customElement("saldo-approvals-dialog")
export class SaldoApprovalsDialog extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    tasksDialogStyles,
    css`
      li {
        display: grid;
        gap: var(--saldo-space-2);
        justify-content: stretch;
        align-items: start;
      }
      .said {
        overflow-wrap: anywhere;
      }
      .decide {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--saldo-space-2);
      }
      .field {
        display: grid;
        flex: 1 1 220px;
        gap: var(--saldo-space-1);
        font-size: 13px;
        line-height: 18px;
      }
      input {
        width: 100%;
        min-height: 36px;
        padding: 6px 10px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
        font-size: 14px;
      }
      input[aria-invalid="true"] {
        border-color: var(--saldo-critical);
      }
      .wrong {
        color: var(--saldo-critical);
        font-weight: 600;
      }
      .open {
        justify-self: start;
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;

  /** A refusal without a reason was tried for this one. */
  @state() private unexplained: string | null = null;

  /** The approvals. */
  @property({ attribute: false }) list!: ApprovalList;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.list);
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  show(): void {
    this.list.forgetRefusals();
    this.unexplained = null;
    void this.list.load();
    this.dialog.showModal();
  }

  private handleClose(): void {
    this.dialog.close();
  }

  /** The button that had the focus goes with its approval: the list takes it, so that the keyboard is not lost. */
  private async decide({ id }: Approval, decision: Decision): Promise<void> {
    const isExplained = (this.list.notes.get(id) ?? "").trim() !== "";
    this.unexplained = decision === "refuse" && !isExplained ? id : null;
    if (this.unexplained !== null) {
      await this.updateComplete;
      this.shadowRoot?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    const isDecided = await this.list.decide(id, decision);
    await this.updateComplete;
    if (isDecided) this.shadowRoot?.querySelector<HTMLElement>(".list")?.focus();
  }

  private renderButton(approval: Approval, decision: Decision): TemplateResult {
    const { locale, list } = this;
    const go = (): void => void this.decide(approval, decision);
    return html`<button
      type="button"
      class="button ${decision === "approve" ? "primary" : "quiet"}"
      data-testid="approval-${decision}"
      aria-label=${locale.text(`approval_${decision}_with`, { what: `${approval.title}, ${approval.customer}` })}
      aria-disabled=${list.isDeciding(approval.id)}
      @click=${go}
    >
      ${locale.text(`approval_${decision}`)}
    </button>`;
  }

  private renderDecide(approval: Approval): TemplateResult {
    const { locale, list } = this;
    const { id } = approval;
    const write = (event: Event): void => {
      list.writeNote(id, (event.target as HTMLInputElement).value);
      this.unexplained = null;
    };
    const refusal = list.refusals.get(id);
    const isWrong = this.unexplained === id;
    return html`<div class="decide">
        <label class="field">
          <span>${locale.text("approval_note", { name: approval.by })}</span>
          <input
            type="text"
            maxlength="500"
            autocomplete="off"
            data-testid="approval-note"
            aria-invalid=${isWrong}
            .value=${live(list.notes.get(id) ?? "")}
            @input=${write}
          />
        </label>
        ${this.renderButton(approval, "refuse")} ${this.renderButton(approval, "approve")}
      </div>
      ${isWrong ? html`<p class="wrong" role="alert">${locale.text("approval_note_missing")}</p>` : nothing}
      ${refusal === undefined ? nothing : this.renderRefusal(refusal)}`;
  }

  private renderRefusal(refusal: string): TemplateResult {
    return html`<p class="wrong" role="alert" data-testid="approval-refusal">
      ${refusal === "" ? this.locale.text("action_failed") : refusal}
    </p>`;
  }

  private renderApproval(approval: Approval): TemplateResult {
    const { locale } = this;
    const currency = approval.currency ?? "EUR";
    const amounts = { wanted: locale.money(approval.amount_minor ?? 0, currency), limit: locale.money(approval.limit_minor, currency) };
    const open = (): void => {
      this.dialog.close();
      this.dispatchEvent(new ConversationChooseEvent(approval.conversation_id));
    };
    return html`<li data-testid="approval">
      <h3>${approval.title}</h3>
      <p class="note about">
        <span>${locale.text("approval_customer", { name: approval.customer })}</span
        ><span>${locale.text("approval_asks", { name: approval.by, ...amounts })}</span
        ><span>${locale.shortDate(approval.at)}</span>
      </p>
      <p class="said">${approval.note}</p>
      <button type="button" class="link open" data-testid="approval-open" @click=${open}>${locale.text("approval_open")}</button>
      ${approval.mine === true ? html`<p class="note">${locale.text("approval_mine")}</p>` : this.renderDecide(approval)}
    </li>`;
  }

  private renderApprovals(): TemplateResult {
    const { approvals } = this.list;
    if (approvals.length === 0) return html`<p class="note" data-testid="approvals-none">${this.locale.text("approvals_none")}</p>`;
    return html`<ul>
      ${repeat(approvals, ({ id }) => id, (approval) => this.renderApproval(approval))}
    </ul>`;
  }

  override render(): TemplateResult {
    const { locale, list } = this;
    return html`<dialog aria-labelledby="title" data-testid="approvals-dialog">
      <header>
        <h2 id="title">${locale.text("approvals")}</h2>
        <p class="note">${locale.text("approvals_lead")}</p>
        <p role="status">${list.hasFailed ? locale.text("approvals_failed") : nothing}</p>
        ${list.failed.map((title) => this.renderRefusal(`${title}: ${locale.text("result_failed")}`))}
        ${list.overtaken.map((text) => this.renderRefusal(text === "" ? locale.text("approvals_gone") : text))}
      </header>
      <div class="list" role="region" aria-labelledby="title" tabindex="0">${this.renderApprovals()}</div>
      <div class="foot">
        <button type="button" class="button primary" data-testid="approvals-close" @click=${this.handleClose}>
          ${locale.text("tasks_close")}
        </button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-approvals-dialog": SaldoApprovalsDialog;
  }
}
