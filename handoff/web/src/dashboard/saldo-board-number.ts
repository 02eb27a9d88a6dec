/** How a number comes about: what it says, its parts, and the conversations behind it. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { BoardApi, ContactRow, ContactsOut, Question } from "../api/board.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { dialogFrameStyles } from "../components/dialog.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { AssignWishEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { conversationLink } from "./saldo-board-line.ts";
import { clock, unitOf, wordHow, wordNumber, wordOutcome, wordPart, wordQueue, wordTongue, writeValue } from "./words.ts";

const HEADINGS = ["time", "queue", "outcome", "wait", "agent", "counts"] as const;

/**
 * @summary A number, opened.
 * @event saldo-board-assign - A conversation shall be passed on.
 */
@customElement("saldo-board-number")
export class SaldoBoardNumber extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    panelStyles,
    dialogFrameStyles,
    css`
      dialog {
        width: min(860px, calc(100vw - 32px));
      }
      .value {
        font-size: 30px;
        line-height: 36px;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--saldo-space-2) var(--saldo-space-6);
      }
      dt {
        color: var(--saldo-text-2);
        font-size: 13px;
        line-height: 18px;
      }
      dd {
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .wide {
        min-height: 120px;
        overflow: auto;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--saldo-surface);
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private question: Question | null = null;
  @state() private found: ContactsOut | null = null;
  @state() private hasFailed = false;

  /** Where contacts are asked for. */
  @property({ attribute: false }) api!: BoardApi;
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  async show(question: Question, scope: string): Promise<void> {
    this.question = question;
    this.scope = scope;
    this.found = null;
    this.hasFailed = false;
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const found = await this.api.getContacts(question);
      if (this.question === question) this.found = found;
    } catch {
      if (this.question === question) this.hasFailed = true;
    }
  }

  private scope = "";

  private handleClose(): void {
    this.dialog.close();
  }

  private renderContact(contact: ContactRow): TemplateResult {
    const { locale } = this;
    const time = clock(contact.requested_at, locale);
    const queue = wordQueue(contact.queue, locale);
    const passOn = (): void => {
      this.dialog.close();
      const { conversation_id: conversationId, language, agent_name: holder } = contact;
      this.dispatchEvent(new AssignWishEvent({ entryId: null, conversationId, language, holder }));
    };
    return html`<tr data-testid="contact">
      <th scope="row">${time}</th>
      <td class="start">${queue} <span class="second">${wordTongue(contact.language, locale)}</span></td>
      <td class="start">${wordOutcome(contact.outcome, locale)}</td>
      <td>${locale.duration(contact.wait_seconds)}</td>
      <td class="start">${contact.agent_name ?? ""}</td>
      <td>${locale.text(contact.counts ? "counts_yes" : "counts_no")}</td>
      <td>
        ${contact.is_open
          ? html`<button type="button" class="small-button" aria-label=${locale.text("reassign_whom", { time })} @click=${passOn}>
              ${locale.text("reassign")}
            </button>`
          : nothing}
        <a
          class="small-button"
          href=${conversationLink(contact.conversation_id)}
          target="saldo-console"
          aria-label=${locale.text("open_whom", { queue, time })}
          >${locale.text("open")}</a
        >
      </td>
    </tr>`;
  }

  private renderContacts(found: ContactsOut): TemplateResult {
    const { locale } = this;
    const isStart = (heading: string): string => (["queue", "outcome", "agent"].includes(heading) ? "start" : "");
    if (found.contacts.length === 0) return html`<p class="note">${locale.text("contacts_none")}</p>`;
    return html`<div class="wide" role="group" aria-labelledby="behind" tabindex="0">
        <table>
          <thead>
            <tr>
              ${HEADINGS.map((heading) => html`<th scope="col" class=${isStart(heading)}>${locale.text(`col_${heading}`)}</th>`)}
              <td></td>
            </tr>
          </thead>
          <tbody>
            ${found.contacts.map((contact) => this.renderContact(contact))}
          </tbody>
        </table>
      </div>
      ${found.total > found.contacts.length
        ? html`<p class="note">${locale.text("contacts_shown", { shown: found.contacts.length, total: found.total })}</p>`
        : nothing}`;
  }

  private renderFound(found: ContactsOut): TemplateResult {
    const { locale } = this;
    return html`<p class="value" data-testid="opened-value">${writeValue(found.value, found.unit, locale)}</p>
      <dl>
        ${Object.entries(found.parts).map(
          ([part, value]) =>
            html`<div>
              <dt>${wordPart(part, locale)}</dt>
              <dd>${writeValue(value, unitOf(part), locale)}</dd>
            </div>`,
        )}
      </dl>
      <h3 id="behind">${locale.text("contacts_behind")}</h3>
      ${this.renderContacts(found)}`;
  }

  override render(): TemplateResult {
    const { locale, question } = this;
    const name = question?.number ?? "";
    return html`<dialog aria-labelledby="title" data-testid="number-dialog">
      <div>
        <h2 id="title">${wordNumber(name, locale)}${this.scope === "" ? nothing : html` <span class="second">${this.scope}</span>`}</h2>
        <p class="note">${wordHow(name, locale)}</p>
      </div>
      <p role="status" class="note">${this.hasFailed ? locale.text("failed") : this.found ? nothing : locale.text("loading")}</p>
      ${this.found ? this.renderFound(this.found) : nothing}
      <div class="foot">
        <button type="button" class="button primary" data-testid="close-number" @click=${this.handleClose}>
          ${locale.text("close_dialog")}
        </button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-number": SaldoBoardNumber;
  }
}
