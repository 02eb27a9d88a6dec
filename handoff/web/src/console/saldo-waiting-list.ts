/** Who waits in line, and the way to take somebody out of turn. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage, wordQueue, wordTopic } from "../i18n/desk-words.ts";
import { ObserverController } from "../state/observable.ts";
import type { TimedWaiting, WaitingList } from "../state/waiting-list.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { EntryTakeEvent } from "./events.ts";

/** More than these nobody reads while customers wait; the number of the others is told. */
const SHOWN = 30;

/**
 * @summary The line in the order in which it is served.
 * @event saldo-entry-take - Somebody shall be taken.
 */
@customElement("saldo-waiting-list")
export class SaldoWaitingList extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    css`
      :host {
        display: block;
        max-height: 320px;
        overflow-y: auto;
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
        border: 1px solid var(--saldo-line);
        font-size: 13px;
        line-height: 18px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 2px var(--saldo-space-2);
        padding: var(--saldo-space-2) 10px;
      }
      li + li {
        border-top: 1px solid var(--saldo-line);
      }
      .age {
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .facts,
      .note {
        color: var(--saldo-text-2);
      }
      .note {
        padding: var(--saldo-space-2) 10px;
      }
      .wish {
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .button {
        min-height: 32px;
        padding: 4px 10px;
        font-size: 13px;
        line-height: 18px;
      }
    `,
  ];

  /** The line. */
  @property({ attribute: false }) list!: WaitingList;
  /** The current time, for how long each has waited. */
  @property({ type: Number }) now = 0;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.list);
  }

  private renderRow(row: TimedWaiting): TemplateResult {
    const { locale } = this;
    const topic = wordTopic(row.topic, locale);
    const facts = [
      row.kind === "callback" ? locale.text("kind_callback") : null,
      wordLanguage(row.language, locale),
      wordChannel(row.channel, locale),
      topic,
      row.queue === row.topic ? null : wordQueue(row.queue, locale),
    ].filter((fact) => fact !== null);
    const take = (): boolean => this.dispatchEvent(new EntryTakeEvent(row.entry_id));
    return html`<li data-testid="waiting">
      <div>
        <p class="age">${locale.wait((this.now - row.since) / 1000)}</p>
        <p class="facts">${facts.join(" · ")}</p>
        ${row.wish === null ? nothing : html`<p class="wish" title=${row.wish}>${row.wish}</p>`}
      </div>
      <button
        type="button"
        class="button quiet"
        data-testid="take"
        aria-label=${locale.text("take_with", { who: facts.join(", ") })}
        @click=${take}
      >
        ${locale.text("take")}
      </button>
    </li>`;
  }

  private renderRest(): TemplateResult | typeof nothing {
    const more = this.list.rows.length - SHOWN;
    return more > 0 ? html`<p class="note">${this.locale.count("waiting_more", more)}</p>` : nothing;
  }

  override render(): TemplateResult {
    const { locale, list } = this;
    return html`<p role="status" class=${list.hasFailed ? "note" : ""}>${list.hasFailed ? locale.text("waiting_failed") : nothing}</p>
      ${list.rows.length === 0 && !list.hasFailed ? html`<p class="note">${locale.text("queue_empty")}</p>` : nothing}
      <ul aria-label=${locale.text("waiting_list")}>
        ${repeat(list.rows.slice(0, SHOWN), (row) => row.entry_id, (row) => this.renderRow(row))}
      </ul>
      ${this.renderRest()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-waiting-list": SaldoWaitingList;
  }
}
