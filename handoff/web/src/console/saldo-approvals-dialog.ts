/** What waits for a supervisor's decision: who asks, for whom, how much, why; approve or refuse with a note. */
import { html, css, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Approval, Decision } from "../api/actions.ts";
import type { ApprovalList } from "../state/panel-approvals.ts";
import { ConversationChooseEvent } from "./events.ts";
import { ListDialog } from "./list-dialog.ts";

/**
 * @summary The list of approvals, the oldest first.
 * @event saldo-conversation-choose - A supervisor wants to read along before deciding.
 */
@customElement("saldo-approvals-dialog")
export class SaldoApprovalsDialog extends ListDialog<Approval, string, ApprovalList> {
  static override styles = [
    ...ListDialog.styles,
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
      .open {
        justify-self: start;
      }
    `,
  ];

  protected readonly name = "approvals";

  /** A refusal without a reason was tried for this one. */
  @state() private unexplained: string | null = null;

  override show(): void {
    this.list.forgetRefusals();
    this.unexplained = null;
    super.show();
  }

  private async decide({ id }: Approval, decision: Decision): Promise<void> {
    const isExplained = (this.list.notes.get(id) ?? "").trim() !== "";
    this.unexplained = decision === "refuse" && !isExplained ? id : null;
    if (this.unexplained !== null) {
      await this.updateComplete;
      this.shadowRoot?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    await this.keepFocus(await this.list.decide(id, decision));
  }

  private renderButton(approval: Approval, decision: Decision): TemplateResult {
    const { locale, list } = this;
    const go = (): void => void this.decide(approval, decision);
    return html`<button
      type="button"
      class="button ${decision === "approve" ? "primary" : "quiet"}"
      data-testid="approval-${decision}"
      aria-label=${locale.text(`approval_${decision}_with`, { what: `${approval.title}, ${approval.customer}` })}
      aria-disabled=${list.isBusy(approval.id)}
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
      ${refusal === undefined ? nothing : this.renderRefusal(refusal, "approval-refusal")}`;
  }

  protected renderEntry(approval: Approval): TemplateResult {
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
        ><span>${locale.text("approval_since", { time: locale.wait((Date.now() - Date.parse(approval.at)) / 1000) })}</span>
      </p>
      <p class="said">${approval.note}</p>
      <button type="button" class="link open" data-testid="approval-open" @click=${open}>${locale.text("approval_open")}</button>
      ${approval.mine === true ? html`<p class="note">${locale.text("approval_mine")}</p>` : this.renderDecide(approval)}
    </li>`;
  }

  protected override renderNews(): TemplateResult[] {
    const { locale, list } = this;
    const failed = list.failed.map((title) => `${title}: ${locale.text("result_failed")}`);
    const overtaken = list.overtaken.map((text) => (text === "" ? locale.text("approvals_gone") : text));
    return [...failed, ...overtaken].map((text) => this.renderRefusal(text, "approval-refusal"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-approvals-dialog": SaldoApprovalsDialog;
  }
}
