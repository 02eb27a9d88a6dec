/** The choice of who gets a conversation. */
import { html, css, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { BoardAgent } from "../api/board.ts";
import type { Language } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { dialogFrameStyles } from "../components/dialog.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { ObserverController } from "../state/observable.ts";
import type { BoardStore } from "./board-store.ts";
import type { Assignment } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { wordTongue } from "./words.ts";

/** @summary Everybody who is signed in and speaks the customer's language. */
@customElement("saldo-board-assign")
export class SaldoBoardAssign extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    panelStyles,
    dialogFrameStyles,
    css`
      dialog {
        width: min(440px, calc(100vw - 32px));
      }
      li button {
        display: flex;
        justify-content: space-between;
        gap: var(--saldo-space-3);
        width: 100%;
        min-height: 44px;
        padding: 8px 12px;
        border: 0;
        border-top: 1px solid var(--saldo-line);
        background: none;
        text-align: start;
      }
      li button:hover:not(:disabled) {
        background: var(--saldo-accent-soft);
      }
      li button:disabled {
        color: var(--saldo-text-3);
      }
      li strong {
        font-weight: 600;
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private assignment: Assignment | null = null;
  @state() private isBusy = false;

  /** The board to act on. */
  @property({ attribute: false }) store!: BoardStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.store);
  }

  show(assignment: Assignment): void {
    this.assignment = assignment;
    this.store.dismiss();
    this.dialog.showModal();
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  /** However it was closed: what was refused here is no news for the page. */
  private handleClosed(): void {
    this.store.dismiss();
  }

  private async give(agentId: string): Promise<void> {
    const { assignment, store } = this;
    if (!assignment || this.isBusy) return;
    this.isBusy = true;
    const { entryId, conversationId } = assignment;
    const isDone = await (entryId === null ? store.reassign(conversationId, agentId) : store.assign(entryId, agentId));
    this.isBusy = false;
    if (isDone) this.dialog.close();
  }

  private handleClose(): void {
    this.dialog.close();
  }

  private renderAgent(agent: BoardAgent): TemplateResult {
    const { locale } = this;
    const count = agent.conversations + agent.wrap_ups;
    const give = (): void => void this.give(agent.id);
    return html`<li>
      <button type="button" data-testid="assign-to" ?disabled=${count >= agent.capacity} @click=${give}>
        <strong>${agent.name}</strong>
        <span class="note">${locale.text(`state_${agent.state}`)} · ${locale.text("load_of", { count, limit: agent.capacity })}</span>
      </button>
    </li>`;
  }

  override render(): TemplateResult {
    const { locale, store, assignment } = this;
    const language = (assignment?.language ?? "en") as Language;
    const able = (store.board?.agents ?? []).filter(
      ({ name, state: now, skills }) =>
        now !== "offline" && name !== assignment?.holder && skills.includes(`language:${language}`),
    );
    return html`<dialog aria-labelledby="title" @close=${this.handleClosed}>
      <h2 id="title">${locale.text("assign_title")}</h2>
      <p class="note">${locale.text("assign_hint")}</p>
      <p class="broken" role="alert">${store.refusal === "" ? locale.text("failed") : store.refusal}</p>
      ${able.length === 0
        ? html`<p>${locale.text("assign_none", { language: wordTongue(language, locale) })}</p>`
        : html`<ul>
            ${able.map((agent) => this.renderAgent(agent))}
          </ul>`}
      <div class="foot">
        <button type="button" class="button quiet" @click=${this.handleClose}>${locale.text("cancel")}</button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-assign": SaldoBoardAssign;
  }
}
