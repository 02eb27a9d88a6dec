/** What an agent sets on this machine: language, and how new work makes itself known. */
import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordQueue } from "../i18n/desk-words.ts";
import type { DeskSettings } from "../state/desk-settings.ts";
import { ObserverController } from "../state/observable.ts";
import "../components/saldo-language-menu.ts";
import { playChime } from "./attention.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import "./saldo-phone-setting.ts";
import { dialogStyles } from "./dialog.styles.ts";

/** @summary Language, sound, notifications and muted queues. */
@customElement("saldo-settings-dialog")
export class SaldoSettingsDialog extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, dialogStyles];

  @query("dialog") private dialog!: HTMLDialogElement;

  @state() private permission: NotificationPermission = permissionNow();

  /** What is set. */
  @property({ attribute: false }) settings!: DeskSettings;
  /** The queues that can be muted. */
  @property({ attribute: false }) queues: readonly string[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.settings);
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  show(): void {
    this.permission = permissionNow();
    this.dialog.showModal();
  }

  private handleDone(): void {
    this.dialog.close();
  }

  private handleSound(): void {
    this.settings.hasSound = !this.settings.hasSound;
    if (this.settings.hasSound) playChime();
  }

  private handleNotify(): void {
    void Notification.requestPermission().then((permission) => (this.permission = permission));
  }

  private renderNotify(): TemplateResult {
    const { locale } = this;
    if (this.permission === "default")
      return html`<div class="choice">
        <span>${locale.text("notify")}</span>
        <button type="button" class="button quiet" data-testid="notify-on" @click=${this.handleNotify}>
          ${locale.text("notify_switch_on")}
        </button>
      </div>`;
    return html`<div>
      <p>${locale.text("notify")}</p>
      <p class="note">${locale.text(this.permission === "granted" ? "notify_on" : "notify_denied")}</p>
    </div>`;
  }

  private renderQueue(queue: string): TemplateResult {
    const toggle = (): void => {
      this.settings.toggleMuted(queue);
    };
    return html`<label class="choice" data-testid="alert-queue" data-queue=${queue}>
      <input type="checkbox" .checked=${!this.settings.muted.has(queue)} @change=${toggle} />${wordQueue(queue, this.locale)}
    </label>`;
  }

  override render(): TemplateResult {
    const { locale, settings } = this;
    return html`<dialog aria-labelledby="title" data-testid="settings-dialog">
      <h2 id="title">${locale.text("settings")}</h2>
      <div class="stack">
        <div class="choice">
          <span>${locale.text("language")}</span>
          <saldo-language-menu .language=${locale.language} .label=${locale.text("language")}></saldo-language-menu>
        </div>
        <label class="choice">
          <input type="checkbox" data-testid="sound" .checked=${settings.hasSound} @change=${this.handleSound} />${locale.text("sound")}
        </label>
        ${this.renderNotify()}
        <saldo-phone-setting .push=${settings.push} .locale=${locale}></saldo-phone-setting>
        <fieldset>
          <legend>${locale.text("alerts_for")}</legend>
          ${this.queues.map((queue) => this.renderQueue(queue))}
          <p class="note">${locale.text("alerts_lead")}</p>
        </fieldset>
      </div>
      <div class="foot">
        <button type="button" class="button primary" data-testid="settings-close" @click=${this.handleDone}>${locale.text("done")}</button>
      </div>
    </dialog>`;
  }
}

/** A browser without notifications counts as one that does not allow them. */
function permissionNow(): NotificationPermission {
  return "Notification" in globalThis ? Notification.permission : "denied";
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-settings-dialog": SaldoSettingsDialog;
  }
}
