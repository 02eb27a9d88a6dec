/** What an agent has to know wherever they look: a lost line, a refusal, and texts that did not get to their customers. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { crossIcon } from "../components/icons.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { ConsoleStore } from "../state/console-store.ts";
import { ObserverController } from "../state/observable.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { ConversationChooseEvent, RefusalDismissEvent } from "./events.ts";
import "./saldo-unsent.ts";

type Left = ConsoleStore["leftovers"][number];

/**
 * @summary Lines above the desk.
 * @event saldo-refusal-dismiss - The refusal has been read.
 * @event saldo-conversation-choose - The conversation of a text that was not sent shall be opened.
 */
@customElement("saldo-desk-banners")
export class SaldoDeskBanners extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      :host {
        font-size: 14px;
        line-height: 20px;
      }
      .lost {
        position: fixed;
        inset-block-start: 0;
        inset-inline: 0;
        z-index: 3;
        padding: 6px var(--saldo-space-4);
        background: var(--saldo-warning-soft);
        color: var(--saldo-warning);
        font-weight: 600;
        text-align: center;
      }
      .stack {
        position: fixed;
        inset-block-start: var(--saldo-space-3);
        inset-inline: 0;
        z-index: 4;
        display: grid;
        gap: var(--saldo-space-2);
        width: min(560px, calc(100vw - 32px));
        max-height: 60dvh;
        margin-inline: auto;
        overflow-y: auto;
      }
      .stack:empty {
        display: none;
      }
      .stack > * {
        box-shadow: var(--saldo-shadow-small);
      }
      .refusal {
        display: flex;
        align-items: center;
        gap: var(--saldo-space-2);
        padding: var(--saldo-space-2) var(--saldo-space-2) var(--saldo-space-2) var(--saldo-space-4);
        border: 1px solid var(--saldo-critical);
        border-radius: var(--saldo-radius);
        background: var(--saldo-critical-soft);
        color: var(--saldo-critical);
        font-weight: 600;
      }
      .refusal p {
        flex: 1;
      }
      .news {
        position: fixed;
        inset-block-end: var(--saldo-space-6);
        inset-inline: 0;
        z-index: 4;
        width: max-content;
        max-width: calc(100vw - 32px);
        margin-inline: auto;
        padding: var(--saldo-space-2) var(--saldo-space-4);
        border-radius: 20px;
        background: var(--saldo-text);
        color: var(--saldo-surface);
        font-weight: 600;
      }
    `,
  ];

  /** The desk. */
  @property({ attribute: false }) store!: ConsoleStore;
  /** What a key has just switched. */
  @property() news: string | null = null;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  private handleDismiss(): void {
    this.dispatchEvent(new RefusalDismissEvent());
  }

  private renderRefusal(): TemplateResult | typeof nothing {
    const { locale } = this;
    const { refusal } = this.store.actions;
    if (refusal === null) return nothing;
    return html`<div class="refusal" role="alert" data-testid="refusal">
      <p>${refusal === "" ? locale.text("action_failed") : refusal}</p>
      <button type="button" class="plain" aria-label=${locale.text("dismiss")} @click=${this.handleDismiss}>${crossIcon}</button>
    </div>`;
  }

  private renderLeft(left: Left): TemplateResult {
    const { locale } = this;
    const words = left.reason ? locale.text(`refused_${left.kind}`, { reason: left.reason }) : locale.text(`unsent_${left.kind}`);
    const drop = (): void => {
      this.store.dropLeftover(left);
    };
    const open = (): boolean => this.dispatchEvent(new ConversationChooseEvent(left.conversationId));
    return html`<saldo-unsent
      .reason=${locale.text("unsent_in", { name: left.name ?? locale.text("customer_unknown"), words })}
      .text=${left.text}
      .locale=${locale}
      @saldo-text-drop=${drop}
      ><button type="button" class="button quiet" data-testid="unsent-open" @click=${open}>
        ${locale.text("open_conversation")}
      </button></saldo-unsent
    >`;
  }

  override render(): TemplateResult {
    const { locale, store, news } = this;
    const left = store.phase === "ready" ? store.leftovers : [];
    return html`${store.isConnected ? nothing : html`<p class="lost" role="status">${locale.text("reconnecting")}</p>`}
      ${store.actions.refusal === null && left.length === 0
        ? nothing
        : html`<div class="stack">
            ${this.renderRefusal()}
            ${repeat(left, (each) => `${each.conversationId} ${each.kind} ${each.entryId}`, (each) => this.renderLeft(each))}
          </div>`}
      <p class=${news === null ? "hidden" : "news"} role="status">${news ?? nothing}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-desk-banners": SaldoDeskBanners;
  }
}
