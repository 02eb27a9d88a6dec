/** Passing a conversation on: to a queue, to a colleague or back to the assistant. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { ColleagueOut, ColleaguesOut, TransferTo } from "../api/console.ts";
import type { Language } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { DraftChangeEvent } from "../components/events.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordLanguage, wordPresence, wordQueue } from "../i18n/desk-words.ts";
import { LANGUAGES } from "../i18n/locale.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { dialogStyles } from "./dialog.styles.ts";

export type TransferKind = "queue" | "colleague" | "bot";

const KINDS: readonly TransferKind[] = ["queue", "colleague", "bot"];
/** The packaged queues, until the server has told its own. */
const USUAL_QUEUES = ["bills", "payments", "contracts", "general"];

/**
 * @summary Asks where to, and for a note to whoever takes over.
 * @event saldo-draft-change - The note is another now; it stays until the conversation has been passed on.
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
      .refusal {
        color: var(--saldo-critical);
        font-weight: 600;
      }
      .people .choice span {
        color: var(--saldo-text-2);
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private kind: TransferKind = "queue";
  /** Nothing is proposed: the line in which the conversation is would put the customer back into it by one press. */
  @state() private queue = "";
  /** Why it was not passed on; "" when nobody knows. */
  @state() private refusal: string | null = null;
  @state() private isBusy = false;
  @state() private toLanguage: Language = "en";
  @state() private agentId: string | null = null;

  /** Where it can go; null until it is known. */
  @property({ attribute: false }) places: ColleaguesOut | null = null;
  /** The agent's own id: nobody passes on to themselves. */
  @property() self: string | null = null;
  /** What has been written for whoever takes over. */
  @property() note = "";
  /** Passes it on, with null to the assistant; returns the refusal, null when it is done. */
  @property({ attribute: false }) pass: (to: TransferTo | null) => Promise<string | null> = () => Promise.resolve(null);
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
    this.queue = "";
    this.toLanguage = this.language;
    this.agentId = null;
    this.refusal = null;
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

  /** Where to, as the server wants it; undefined until that is chosen. */
  private get target(): TransferTo | null | undefined {
    if (this.kind === "bot") return null;
    const note = this.note.trim() === "" ? {} : { note: this.note.trim() };
    if (this.kind === "queue") return this.queue === "" ? undefined : { queue: this.queue, language: this.toLanguage, ...note };
    return this.agentId === null ? undefined : { agent_id: this.agentId, ...note };
  }

  private handleCancel(): void {
    this.dialog.close();
  }

  private async handleGo(): Promise<void> {
    const to = this.target;
    if (to === undefined || this.isBusy) return;
    this.isBusy = true;
    this.refusal = await this.pass(to);
    this.isBusy = false;
    if (this.refusal === null) this.dialog.close();
  }

  private handleNote(event: Event): void {
    this.note = (event.target as HTMLTextAreaElement).value;
    this.dispatchEvent(new DraftChangeEvent(this.note));
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
          <option value="" disabled .selected=${live(this.queue === "")}>${locale.text("transfer_choose")}</option>
          ${this.queues.map((queue) => this.renderQueueOption(queue))}
        </select>
      </label>
      <label class="field">
        <b>${locale.text("transfer_language")}</b>
        <select data-testid="transfer-language-select" @change=${this.handleLanguage}>
          ${LANGUAGES.map(
            ({ code }) => html`<option value=${code} .selected=${live(code === this.toLanguage)}>${wordLanguage(code, locale)}</option>`,
          )}
        </select>
      </label>
      <p class="note">${locale.text("transfer_queue_hint")}</p>`;
  }

  private renderQueueOption(queue: string): TemplateResult {
    const words = wordQueue(queue, this.locale);
    const shown = queue === this.currentQueue ? this.locale.text("transfer_current", { queue: words }) : words;
    return html`<option value=${queue} .selected=${live(queue === this.queue)}>${shown}</option>`;
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
      <textarea
        rows="3"
        maxlength="2000"
        data-testid="transfer-note"
        .value=${live(this.note)}
        @input=${this.handleNote}
      ></textarea>
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
      <p class="refusal" role="alert" data-testid="transfer-refusal">
        ${this.refusal === null ? nothing : this.refusal || locale.text("action_failed")}
      </p>
      <div class="foot">
        <button type="button" class="button quiet" @click=${this.handleCancel}>${locale.text("cancel")}</button>
        <button type="button" class="button primary" data-testid="transfer-go" ?disabled=${this.target === undefined} @click=${this.handleGo}>
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
