/** Passing a conversation on: to a queue, to a colleague or back to the assistant. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ColleagueOut, ColleaguesOut } from "../api/console.ts";
import type { Language } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordLanguage, wordPresence, wordQueue } from "../i18n/desk-words.ts";
import { LANGUAGES } from "../i18n/locale.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { dialogStyles } from "./dialog.styles.ts";
import { TransferEvent } from "./events.ts";

export type TransferKind = "queue" | "colleague" | "bot";

const KINDS: readonly TransferKind[] = ["queue", "colleague", "bot"];
/** The packaged queues, until the server has told its own. */
const USUAL_QUEUES = ["bills", "payments", "contracts", "general"];

/**
 * @summary Asks where to, and for a note to whoever takes over.
 * @event saldo-transfer - Where it shall go.
 */
@customElement("saldo-transfer-dialog")
export class SaldoTransferDialog extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    deskButtonStyles,
    dialogStyles,
    css`
      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--saldo-space-4);
      }
      .people {
        max-height: 220px;
        overflow-y: auto;
      }
      .people .choice span {
        color: var(--saldo-text-2);
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;
  @query("textarea") private noteField!: HTMLTextAreaElement | null;

  @state() private kind: TransferKind = "queue";
  @state() private queue = "";
  @state() private toLanguage: Language = "en";
  @state() private agentId: string | null = null;

  /** Where it can go; null until it is known. */
  @property({ attribute: false }) places: ColleaguesOut | null = null;
  /** The agent's own id: nobody passes on to themselves. */
  @property() self: string | null = null;
  /** Where the conversation is now. */
  @property() currentQueue: string | null = null;
  /** The customer's language. */
  @property() language: Language = "en";
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  get isOpen(): boolean {
    return this.dialog.open;
  }

  show(kind: TransferKind): void {
    this.kind = kind;
    this.queue = this.currentQueue ?? this.queues[0] ?? "";
    this.toLanguage = this.language;
    this.agentId = null;
    if (this.noteField) this.noteField.value = "";
    this.dialog.showModal();
  }

  private get queues(): readonly string[] {
    const known = this.places?.queues ?? [];
    return known.length > 0 ? known : USUAL_QUEUES;
  }

  private get colleagues(): ColleagueOut[] {
    const others = (this.places?.colleagues ?? []).filter(({ id, live }) => id !== this.self && live !== false);
    const speaks = ({ languages }: ColleagueOut): number => (languages.includes(this.language) ? 0 : 1);
    return others.sort((a, b) => speaks(a) - speaks(b) || b.free - a.free);
  }

  private get canGo(): boolean {
    return this.kind !== "colleague" || this.agentId !== null;
  }

  private handleCancel(): void {
    this.dialog.close();
  }

  private handleGo(): void {
    if (!this.canGo) return;
    this.dialog.close();
    const written = this.noteField?.value.trim() ?? "";
    const note = written === "" ? {} : { note: written };
    if (this.kind === "bot") this.dispatchEvent(new TransferEvent(null));
    else if (this.kind === "queue")
      this.dispatchEvent(new TransferEvent({ queue: this.queue, language: this.toLanguage, ...note }));
    else if (this.agentId !== null) this.dispatchEvent(new TransferEvent({ agent_id: this.agentId, ...note }));
  }

  private handleQueue(event: Event): void {
    this.queue = (event.target as HTMLSelectElement).value;
  }

  private handleLanguage(event: Event): void {
    const value = (event.target as HTMLSelectElement).value;
    this.toLanguage = LANGUAGES.find(({ code }) => code === value)?.code ?? this.toLanguage;
  }

  private renderKind(kind: TransferKind): TemplateResult {
    const choose = (): void => {
      this.kind = kind;
    };
    return html`<label class="choice" data-testid="transfer-${kind}">
      <input type="radio" name="kind" .checked=${this.kind === kind} @change=${choose} />${this.locale.text(`transfer_to_${kind}`)}
    </label>`;
  }

  private renderQueue(): TemplateResult {
    const { locale } = this;
    return html`<label class="field">
        <b>${locale.text("transfer_queue")}</b>
        <select data-testid="transfer-queue-select" @change=${this.handleQueue}>
          ${this.queues.map((queue) => html`<option value=${queue} ?selected=${queue === this.queue}>${wordQueue(queue, locale)}</option>`)}
        </select>
      </label>
      <label class="field">
        <b>${locale.text("transfer_language")}</b>
        <select data-testid="transfer-language-select" @change=${this.handleLanguage}>
          ${LANGUAGES.map(
            ({ code }) => html`<option value=${code} ?selected=${code === this.toLanguage}>${wordLanguage(code, locale)}</option>`,
          )}
        </select>
      </label>
      <p class="note">${locale.text("transfer_queue_hint")}</p>`;
  }

  private renderColleague(colleague: ColleagueOut): TemplateResult {
    const { locale } = this;
    const choose = (): void => {
      this.agentId = colleague.id;
    };
    const room = colleague.free > 0 ? locale.count("room", colleague.free) : locale.text("room_none");
    const facts = [
      wordPresence(colleague.presence, locale),
      colleague.languages.map((language) => wordLanguage(language, locale)).join(", "),
      room,
    ];
    return html`<label class="choice" data-testid="colleague">
      <input type="radio" name="colleague" .checked=${this.agentId === colleague.id} @change=${choose} />
      <span><b>${colleague.name}</b> · ${facts.join(" · ")}</span>
    </label>`;
  }

  private renderColleagues(): TemplateResult {
    const { colleagues, locale } = this;
    if (this.places === null) return html`<p class="note" role="status">${locale.text("loading")}</p>`;
    if (colleagues.length === 0) return html`<p class="note">${locale.text("transfer_none")}</p>`;
    return html`<fieldset class="people">
      <legend class="hidden">${locale.text("transfer_to_colleague")}</legend>
      ${colleagues.map((colleague) => this.renderColleague(colleague))}
    </fieldset>`;
  }

  private renderNote(): TemplateResult {
    return html`<label class="field">
      <b>${this.locale.text("transfer_note")}</b>
      <textarea rows="3" maxlength="2000" data-testid="transfer-note"></textarea>
      <span class="note">${this.locale.text("transfer_note_hint")}</span>
    </label>`;
  }

  override render(): TemplateResult {
    const { locale, kind } = this;
    return html`<dialog aria-labelledby="title" data-testid="transfer-dialog">
      <h2 id="title">${locale.text("transfer_title")}</h2>
      <div class="stack">
        <fieldset>
          <legend>${locale.text("transfer_where")}</legend>
          <div class="kinds">${KINDS.map((each) => this.renderKind(each))}</div>
        </fieldset>
        ${kind === "queue" ? this.renderQueue() : kind === "colleague" ? this.renderColleagues() : nothing}
        ${kind === "bot" ? html`<p class="note">${locale.text("transfer_bot_hint")}</p>` : this.renderNote()}
      </div>
      <div class="foot">
        <button type="button" class="button quiet" @click=${this.handleCancel}>${locale.text("cancel")}</button>
        <button type="button" class="button primary" data-testid="transfer-go" ?disabled=${!this.canGo} @click=${this.handleGo}>
          ${locale.text("transfer")}
        </button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-transfer-dialog": SaldoTransferDialog;
  }
}
