/** A dialog with a long list of what waits for somebody. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { ObserverController } from "../state/observable.ts";
import type { PolledList } from "../state/polled-list.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { tasksDialogStyles } from "./tasks-dialog.styles.ts";

/** @typeParam List the list that is shown */
export abstract class ListDialog<T extends { id: Id }, Id, List extends PolledList<T, Id>> extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, tasksDialogStyles];

  /** Begins the keys of its texts, and its test ids. */
  protected abstract readonly name: "tasks" | "approvals";

  @query("dialog") protected dialog!: HTMLDialogElement;

  /** What waits. */
  @property({ attribute: false }) list!: List;
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

  protected abstract renderEntry(entry: T): TemplateResult;

  /** What became of entries that are not in the list any more. */
  protected renderNews(): unknown {
    return nothing;
  }

  /** The button that had the focus goes with its entry: the list takes it, so that the keyboard is not lost. */
  protected async keepFocus(isSettled: boolean): Promise<void> {
    await this.updateComplete;
    if (isSettled) this.shadowRoot?.querySelector<HTMLElement>(".list")?.focus();
  }

  protected renderRefusal(refusal: string, testId: string): TemplateResult {
    return html`<p class="wrong" role="alert" data-testid=${testId}>${refusal === "" ? this.locale.text("action_failed") : refusal}</p>`;
  }

  private renderEntries(): TemplateResult {
    const { entries } = this.list;
    if (entries.length === 0) return html`<p class="note" data-testid="${this.name}-none">${this.locale.text(`${this.name}_none`)}</p>`;
    return html`<ul>
      ${repeat(entries, ({ id }) => id, (entry) => this.renderEntry(entry))}
    </ul>`;
  }

  override render(): TemplateResult {
    const { locale, list, name } = this;
    return html`<dialog aria-labelledby="title" data-testid="${name}-dialog">
      <header>
        <h2 id="title">${locale.text(name)}</h2>
        <p class="note">${locale.text(`${name}_lead`)}</p>
        <p role="status">${list.hasFailed ? locale.text(`${name}_failed`) : nothing}</p>
        ${this.renderNews()}
      </header>
      <div class="list" role="region" aria-labelledby="title" tabindex="0">${this.renderEntries()}</div>
      <div class="foot">
        <button type="button" class="button primary" data-testid="${name}-close" @click=${this.handleClose}>
          ${locale.text("tasks_close")}
        </button>
      </div>
    </dialog>`;
  }
}
