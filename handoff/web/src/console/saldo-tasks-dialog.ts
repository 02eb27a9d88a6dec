/** What waits for a person: each task with its reason, its customer and a way to take it off the list. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { TaskOut } from "../api/tasks.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordParked, wordTask } from "../i18n/desk-words.ts";
import { ObserverController } from "../state/observable.ts";
import type { TaskList } from "../state/task-list.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { tasksDialogStyles } from "./tasks-dialog.styles.ts";

/** @summary The list of tasks, the oldest first. */
@customElement("saldo-tasks-dialog")
export class SaldoTasksDialog extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, tasksDialogStyles];

  @query("dialog") private dialog!: HTMLDialogElement;

  /** The tasks. */
  @property({ attribute: false }) list!: TaskList;
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
    void this.list.load();
    this.dialog.showModal();
  }

  private handleClose(): void {
    this.dialog.close();
  }

  /** The button that had the focus goes with its task: the list takes it, so that the keyboard is not lost. */
  private async finish(id: number): Promise<void> {
    await this.list.finish(id);
    await this.updateComplete;
    this.shadowRoot?.querySelector<HTMLElement>(".list")?.focus();
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
      locale.text("task_since", { date: locale.shortDate(task.created_at) }),
    ].filter((part) => part !== null);
    return html`<p class="note about">${parts.map((part) => html`<span>${part}</span>`)}</p>`;
  }

  private renderTask(task: TaskOut): TemplateResult {
    const { locale } = this;
    const name = wordTask(task.kind, locale);
    const whose = task.customer_number === null ? name : `${name}, ${locale.text("task_customer", { number: task.customer_number })}`;
    const done = (): void => void this.finish(task.id);
    return html`<li data-testid="task">
      <div>
        <h3>${name}</h3>
        ${task.kind === "billing_parked" ? html`<p>${wordParked(task.reason, locale)}</p>` : nothing}
        ${this.renderAbout(task)}
      </div>
      <button
        type="button"
        class="button quiet"
        data-testid="task-done"
        aria-label=${locale.text("task_done_with", { task: whose })}
        @click=${done}
      >
        ${locale.text("task_done")}
      </button>
    </li>`;
  }

  private renderTasks(): TemplateResult {
    const { tasks } = this.list;
    if (tasks.length === 0) return html`<p class="note" data-testid="tasks-none">${this.locale.text("tasks_none")}</p>`;
    return html`<ul>
      ${repeat(tasks, ({ id }) => id, (task) => this.renderTask(task))}
    </ul>`;
  }

  override render(): TemplateResult {
    const { locale, list } = this;
    return html`<dialog aria-labelledby="title">
      <header>
        <h2 id="title">${locale.text("tasks")}</h2>
        <p class="note">${locale.text("tasks_lead")}</p>
        <p role="status">${list.hasFailed ? locale.text("tasks_failed") : nothing}</p>
      </header>
      <div class="list" role="region" aria-labelledby="title" tabindex="0">${this.renderTasks()}</div>
      <div class="foot">
        <button type="button" class="button primary" data-testid="tasks-close" @click=${this.handleClose}>
          ${locale.text("tasks_close")}
        </button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-tasks-dialog": SaldoTasksDialog;
  }
}
