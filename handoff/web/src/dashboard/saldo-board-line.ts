/** Approvals, alarms, and who waits: what a supervisor acts upon. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ApprovalWaiting, BoardAlarm, WaitingEntry } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import { warningIcon } from "../components/icons.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { wordApproval } from "./alarm-watch.ts";
import type { BoardStore } from "./board-store.ts";
import { AssignWishEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { clock, wordQueue, wordTongue } from "./words.ts";

/** Opens the conversation in the console; every board and console shares that window. */
export function conversationLink(conversationId: string): string {
  return `/console#conversation=${conversationId}`;
}

/**
 * @summary Approvals that wait, open alarms and the line.
 * @event saldo-board-assign - Somebody shall be chosen for a waiting customer.
 */
@customElement("saldo-board-line")
export class SaldoBoardLine extends LitElement {
  static override styles = [baseStyles, panelStyles];

  /** The open alarms, the oldest first. */
  @property({ attribute: false }) alarms: readonly BoardAlarm[] = [];
  /** What agents wait for, the longest first. */
  @property({ attribute: false }) approvals: readonly ApprovalWaiting[] = [];
  /** Who waits, the oldest first. */
  @property({ attribute: false }) waiting: readonly WaitingEntry[] = [];
  /** The board to act on. */
  @property({ attribute: false }) store!: BoardStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  private aboutAlarm({ queue, language, agent_name: agent, due_at: due }: BoardAlarm): string {
    const { locale } = this;
    const parts = [
      queue === null ? null : wordQueue(queue, locale),
      language === null ? null : wordTongue(language, locale),
      agent,
      locale.text("alarm_since", { time: clock(due, locale) }),
    ];
    return parts.filter((part) => part !== null).join(" · ");
  }

  private renderAlarm(alarm: BoardAlarm): TemplateResult {
    const { locale } = this;
    const name = locale.text(`alarm_${alarm.kind}`);
    const end = (): void => void this.store.endAlarm(alarm.id);
    return html`<li data-testid="alarm">
      <span class="broken">${warningIcon}</span>
      <div><span class="broken">${name}</span><br /><span class="note">${this.aboutAlarm(alarm)}</span></div>
      ${alarm.kind === "sla_broken"
        ? nothing
        : html`<button type="button" class="small-button" aria-label=${locale.text("alarm_end_of", { alarm: name })} @click=${end}>
            ${locale.text("alarm_end")}
          </button>`}
    </li>`;
  }

  private about(entry: WaitingEntry): string {
    const { locale } = this;
    const from = entry.not_before === null ? null : clock(entry.not_before, locale);
    const callback = from === null ? locale.text("line_callback") : locale.text("line_callback_from", { time: from });
    const parts = [
      wordTongue(entry.language, locale),
      locale.text(`channel_${entry.channel}`),
      entry.kind === "callback" ? callback : null,
      entry.offered_to === null ? null : locale.text("offered_to", { name: entry.offered_to }),
      entry.broken && entry.due_at !== null ? this.since(entry.due_at) : null,
    ];
    return parts.filter((part) => part !== null).join(" · ");
  }

  private since(due: string): string {
    return `${this.locale.text("broken")} ${this.locale.text("alarm_since", { time: clock(due, this.locale) })}`;
  }

  private renderWaiting(entry: WaitingEntry): TemplateResult {
    const { locale } = this;
    const [queue, language] = [wordQueue(entry.queue, locale), wordTongue(entry.language, locale)];
    const whom = { queue, language, time: locale.wait(entry.waited_seconds) };
    const assign = (): void => {
      const { entry_id: entryId, conversation_id: conversationId } = entry;
      this.dispatchEvent(new AssignWishEvent({ entryId, conversationId, language: entry.language, holder: null }));
    };
    return html`<li data-testid="waiting">
      ${entry.broken ? html`<span class="broken">${warningIcon}</span>` : nothing}
      <div>
        <strong>${queue}</strong>
        <span class=${entry.broken ? "broken" : ""}
          >${locale.text("line_waited", { time: locale.duration(entry.waited_seconds) })}</span
        ><br /><span class="note">${this.about(entry)}</span>
      </div>
      <a
        class="small-button"
        href=${conversationLink(entry.conversation_id)}
        target="saldo-console"
        aria-label=${locale.text("open_whom", { queue, time: clock(entry.requested_at, locale) })}
        >${locale.text("open")}</a
      >
      <button type="button" class="small-button" data-testid="assign" aria-label=${locale.text("assign_whom", whom)} @click=${assign}>
        ${locale.text("assign")}
      </button>
    </li>`;
  }

  /** A broken promise stands with the customer who waits for it; everything else is listed for itself. */
  private renderAlarms(): TemplateResult | typeof nothing {
    const inLine = new Set(this.waiting.map((entry) => entry.conversation_id));
    const alarms = this.alarms.filter((alarm) => alarm.kind !== "sla_broken" || !inLine.has(alarm.conversation_id ?? ""));
    if (alarms.length === 0) return nothing;
    return html`<div class="head"><h2>${this.locale.text("alarms")}</h2></div>
      <ul class="rows">
        ${repeat(alarms, ({ id }) => id, (alarm) => this.renderAlarm(alarm))}
      </ul>`;
  }

  private renderApproval(approval: ApprovalWaiting): TemplateResult {
    const { locale } = this;
    const [by, time] = [wordApproval(approval, locale), clock(approval.asked_at, locale)];
    const label = locale.text("approval_decide_of", { agent: approval.agent_name ?? "–", time });
    return html`<li data-testid="approval-waiting">
      <div><strong>${by}</strong><br /><span class="note">${locale.text("alarm_since", { time })}</span></div>
      <a class="small-button" href="/console#approvals" target="saldo-console" aria-label=${label}>${locale.text("approval_decide")}</a>
    </li>`;
  }

  private renderApprovals(): TemplateResult | typeof nothing {
    if (this.approvals.length === 0) return nothing;
    return html`<div class="head">
        <h2>${this.locale.text("approvals")} (${this.locale.number(this.approvals.length)})</h2>
      </div>
      <ul class="rows">
        ${repeat(this.approvals, ({ id }) => id, (approval) => this.renderApproval(approval))}
      </ul>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<section aria-labelledby="title">
      ${this.renderApprovals()} ${this.renderAlarms()}
      <div class="head"><h2 id="title">${locale.text("line")}</h2></div>
      ${this.waiting.length === 0
        ? html`<p class="note">${locale.text("line_none")}</p>`
        : html`<ul class="rows">
            ${repeat(this.waiting, (entry) => entry.entry_id, (entry) => this.renderWaiting(entry))}
          </ul>`}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-line": SaldoBoardLine;
  }
}
