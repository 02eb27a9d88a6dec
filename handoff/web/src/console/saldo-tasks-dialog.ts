/** What waits for a person: each task with its reason, its customer and a way to take it off the list. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { TaskOut } from "../api/tasks.ts";
import { wordParked, wordTask } from "../i18n/desk-words.ts";
import { wordDayOf } from "../i18n/local-day.ts";
import type { TaskList } from "../state/task-list.ts";
import { ListDialog } from "./list-dialog.ts";

/** @summary The list of tasks, the oldest first. */
@customElement("saldo-tasks-dialog")
export class SaldoTasksDialog extends ListDialog<TaskOut, number, TaskList> {
  protected readonly name = "tasks";

  private async finish(id: number): Promise<void> {
    await this.keepFocus(await this.list.finish(id));
  }

  private renderAbout(task: TaskOut): TemplateResult {
    const { locale } = this;
    const parts = [
      task.customer_number === null ? null : locale.text("task_customer", { number: task.customer_number }),
      task.period === null ? null : locale.period(task.period),
      task.invoice_number,
      task.reference,
      task.rule,
      task.amount_minor === null || task.currency === null ? null : locale.money(task.amount_minor, task.currency),
      task.answer_by === null ? null : locale.text("task_answer_by", { date: locale.shortDate(task.answer_by) }),
      locale.text("task_since", { date: wordDayOf(task.created_at, locale) }),
    ].filter((part) => part !== null);
    return html`<p class="note about">${parts.map((part) => html`<span>${part}</span>`)}</p>`;
  }

  protected renderEntry(task: TaskOut): TemplateResult {
    const { locale, list } = this;
    const name = wordTask(task.kind, locale);
    const whose = task.customer_number === null ? name : `${name}, ${locale.text("task_customer", { number: task.customer_number })}`;
    const done = (): void => void this.finish(task.id);
    const refusal = list.refusals.get(task.id);
    return html`<li data-testid="task">
      <div>
        <h3>${name}</h3>
        ${task.kind === "billing_parked" ? html`<p>${wordParked(task.reason, locale)}</p>` : nothing}
        ${this.renderAbout(task)} ${refusal === undefined ? nothing : this.renderRefusal(refusal, "task-refusal")}
      </div>
      <button
        type="button"
        class="button quiet"
        data-testid="task-done"
        aria-label=${locale.text("task_done_with", { task: whose })}
        aria-disabled=${list.isBusy(task.id)}
        @click=${done}
      >
        ${locale.text("task_done")}
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-tasks-dialog": SaldoTasksDialog;
  }
}
