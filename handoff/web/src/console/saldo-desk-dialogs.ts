/** The dialogs of the desk that belong to no conversation. */
import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { DeskSettings } from "../state/desk-settings.ts";
import type { ApprovalList } from "../state/panel-approvals.ts";
import type { TaskList } from "../state/task-list.ts";
import "./saldo-approvals-dialog.ts";
import "./saldo-keys-dialog.ts";
import "./saldo-settings-dialog.ts";
import "./saldo-tasks-dialog.ts";

export type DeskDialog = "tasks" | "approvals" | "settings" | "keys";

interface Opens extends HTMLElement {
  readonly isOpen: boolean;
  show(): void;
}

/** @summary Tasks, approvals, settings and keys; one of them at a time, or none. */
@customElement("saldo-desk-dialogs")
export class SaldoDeskDialogs extends LitElement {
  /** The tasks. */
  @property({ attribute: false }) tasks!: TaskList;
  /** The approvals. */
  @property({ attribute: false }) approvals!: ApprovalList;
  /** What is set on this machine. */
  @property({ attribute: false }) settings!: DeskSettings;
  /** The queues that can be muted. */
  @property({ attribute: false }) queues: readonly string[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  get isOpen(): boolean {
    return [...(this.shadowRoot?.children ?? [])].some((dialog) => (dialog as Opens).isOpen);
  }

  show(name: DeskDialog): void {
    this.shadowRoot?.querySelector<Opens>(`saldo-${name}-dialog`)?.show();
  }

  override render(): TemplateResult {
    const { locale, settings } = this;
    return html`<saldo-tasks-dialog .list=${this.tasks} .locale=${locale}></saldo-tasks-dialog>
      <saldo-approvals-dialog .list=${this.approvals} .locale=${locale}></saldo-approvals-dialog>
      <saldo-settings-dialog .settings=${settings} .queues=${this.queues} .locale=${locale}></saldo-settings-dialog>
      <saldo-keys-dialog .settings=${settings} .locale=${locale}></saldo-keys-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-desk-dialogs": SaldoDeskDialogs;
  }
}
