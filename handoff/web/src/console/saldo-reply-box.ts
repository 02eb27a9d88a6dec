/** Where an agent writes: to the customer or, on ground of another colour, a note to colleagues. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { CannedOut } from "../api/console.ts";
import { FILE_TYPES } from "../api/files.ts";
import { type Channel, MESSAGE_LIMIT } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { DraftChangeEvent, MessageSendEvent } from "../components/events.ts";
import { clipIcon, sendIcon, templateIcon } from "../components/icons.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { cannedQuery, findCanned, markUnfilled, nextUnfilled, unfilled } from "../state/canned-replies.ts";
import type { WritingKind } from "../state/console-writing.ts";
import { type Bindings, capOf, DEFAULTS } from "../state/keymap.ts";
import { deskButtonStyles } from "./desk-buttons.styles.ts";
import { CannedWantEvent, FileChooseEvent, ModeChooseEvent } from "./events.ts";
import { replyBoxStyles } from "./reply-box.styles.ts";

const WARN_FROM = 200;

/**
 * @summary Enter sends, Shift+Enter breaks the line, a slash at the beginning asks for templates.
 * @event saldo-message-send - The text shall be sent, or the note kept.
 * @event saldo-draft-change - The text has changed.
 * @event saldo-mode-choose - Reply or note.
 * @event saldo-canned-want - Templates are wanted.
 * @event saldo-file-choose - A file shall be sent.
 */
@customElement("saldo-reply-box")
export class SaldoReplyBox extends LitElement {
  static override styles = [baseStyles, buttonStyles, deskButtonStyles, replyBoxStyles];

  @query("textarea") private field!: HTMLTextAreaElement;
  @query(".mirror") private mirror!: HTMLElement;
  @query("input[type=file]") private picker!: HTMLInputElement | null;

  /** The template under the cursor. */
  @state() private at = 0;
  /** The slash was meant as one: Escape has closed the list. */
  @state() private isListClosed = false;
  /** Where a template was asked for within a text; null where none was. */
  @state() private askedAt: number | null = null;

  /** The text being written. */
  @property() text = "";
  /** Whom it is for. */
  @property() mode: WritingKind = "reply";
  /** The customer's name, or a word for one. */
  @property() name = "";
  /** The templates; null until they have come. */
  @property({ attribute: false }) templates: readonly CannedOut[] | null = null;
  /** The templates cannot be fetched. */
  @property({ type: Boolean }) failed = false;
  /** The name of the file on its way. */
  @property() uploading: string | null = null;
  /** How the customer writes: only the website takes files. */
  @property() channel: Channel = "webchat";
  /** There is nothing to choose: only this is written here. */
  @property({ type: Boolean }) alone = false;
  /** The keys in force. */
  @property({ attribute: false }) bindings: Bindings = DEFAULTS;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("text") || changed.has("mode")) this.grow();
  }

  override focus(options?: FocusOptions): void {
    void this.updateComplete.then(() => {
      this.field.focus(options);
    });
  }

  /** Open the list of templates, as if a slash had been typed at the cursor; a text that was begun stays around it. */
  askForTemplate(): void {
    const at = this.text === "" ? 0 : this.field.selectionEnd;
    const isApart = at === 0 || /\s$/.test(this.text.slice(0, at));
    const slash = isApart ? "/" : " /";
    this.askedAt = at + slash.length - 1;
    this.isListClosed = false;
    this.change(this.text.slice(0, at) + slash + this.text.slice(at));
    void this.updateComplete.then(() => {
      this.field.focus();
      this.field.setSelectionRange(at + slash.length, at + slash.length);
    });
  }

  chooseFile(): void {
    this.picker?.click();
  }

  private get takesFiles(): boolean {
    return this.mode === "reply" && this.channel === "webchat";
  }

  private get query(): string | null {
    return this.mode === "reply" && !this.isListClosed ? cannedQuery(this.asked) : null;
  }

  /** The slash and what stands after it: all of the text, or what was typed within it where a template was asked for. */
  private get asked(): string {
    return this.askedAt === null ? this.text : this.text.slice(this.askedAt, this.cursor);
  }

  /** The field is behind by one turn while a text is put into it. */
  private get cursor(): number {
    const { askedAt } = this;
    const at = this.field.value === this.text ? this.field.selectionEnd : 0;
    return askedAt === null ? at : Math.max(at, askedAt + 1);
  }

  private get found(): CannedOut[] {
    return this.query === null ? [] : findCanned(this.templates ?? [], this.query);
  }

  private get charactersLeft(): number {
    return MESSAGE_LIMIT - Array.from(this.text).length;
  }

  private get open(): string[] {
    return this.mode === "reply" ? unfilled(this.text) : [];
  }

  private get canSend(): boolean {
    return this.text.trim() !== "" && this.charactersLeft >= 0 && this.query === null;
  }

  private grow(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.max(56, this.field.scrollHeight)}px`;
  }

  private change(text: string): void {
    this.text = text;
    this.at = 0;
    if (this.askedAt !== null && cannedQuery(this.asked) === null) this.askedAt = null;
    this.isListClosed = this.isListClosed && cannedQuery(text) !== null;
    if (this.query !== null) this.dispatchEvent(new CannedWantEvent());
    this.dispatchEvent(new DraftChangeEvent(text));
  }

  private handleInput(): void {
    this.change(this.field.value);
  }

  private handleScroll(): void {
    this.mirror.scrollTop = this.field.scrollTop;
  }

  private handleKeydown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.query !== null && this.steer(event.key)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  /** Return whether the key was one for the list of templates. */
  private steer(key: string): boolean {
    const count = this.found.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step !== undefined && count > 0) this.at = (this.at + step + count) % count;
    else if (key === "Escape") this.closeList();
    else if (key === "Enter" || (key === "Tab" && count > 0)) this.insert(this.found[this.at]);
    else return false;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
    });
    return true;
  }

  /** A slash that was asked for goes again; one that was typed may be meant. */
  private closeList(): void {
    const { askedAt } = this;
    this.isListClosed = askedAt === null;
    if (askedAt === null) return;
    const rest = this.text.slice(this.cursor);
    this.askedAt = null;
    this.change(this.text.slice(0, askedAt) + rest);
  }

  /** The cursor goes to the first gap, so that it can be filled at once. */
  private insert(template: CannedOut | undefined): void {
    if (!template) return;
    const at = this.askedAt ?? 0;
    const rest = this.askedAt === null ? "" : this.text.slice(this.cursor);
    const before = this.text.slice(0, at);
    this.askedAt = null;
    this.change(before + template.text + rest);
    void this.updateComplete.then(() => {
      this.field.focus();
      const end = at + template.text.length;
      if (nextUnfilled(template.text, 0)) this.selectGap(at);
      else this.field.setSelectionRange(end, end);
    });
  }

  private selectGap(from: number): void {
    const gap = nextUnfilled(this.text, from);
    this.field.focus();
    if (gap) this.field.setSelectionRange(gap.start, gap.end);
  }

  private send(): void {
    if (!this.canSend) return;
    if (this.open.length > 0) {
      this.selectGap(this.field.selectionEnd);
      return;
    }
    this.dispatchEvent(new MessageSendEvent(this.text.trim()));
    this.change("");
    this.field.focus();
  }

  private handlePaste(event: ClipboardEvent): void {
    const file = event.clipboardData?.files[0];
    if (!file || !this.takesFiles) return;
    event.preventDefault();
    this.dispatchEvent(new FileChooseEvent(file));
  }

  private handleFile(): void {
    const file = this.picker?.files?.[0];
    if (file) this.dispatchEvent(new FileChooseEvent(file));
    if (this.picker) this.picker.value = "";
  }

  private handleGaps(): void {
    this.selectGap(this.field.selectionEnd);
  }

  private renderModes(): TemplateResult {
    return html`<div class="modes" role="group" aria-label=${this.locale.text("mode")}>
      ${this.renderMode("reply")} ${this.renderMode("note")}
    </div>`;
  }

  private renderMode(mode: WritingKind): TemplateResult {
    const choose = (): void => {
      this.dispatchEvent(new ModeChooseEvent(mode));
      this.focus();
    };
    return html`<button
      type="button"
      class="plain"
      data-testid="mode-${mode}"
      aria-pressed=${this.mode === mode}
      @click=${choose}
    >
      ${this.locale.text(`mode_${mode}`)} <kbd aria-hidden="true">${capOf(this.bindings[mode])}</kbd>
    </button>`;
  }

  private renderTemplate(template: CannedOut, index: number): TemplateResult {
    const pick = (event: Event): void => {
      event.preventDefault();
      this.insert(template);
    };
    // The field keeps the focus: the list is steered from there, so that its options take none.
    return html`<li
      id="template-${index}"
      role="option"
      data-testid="template"
      aria-selected=${index === this.at}
      @mousedown=${pick}
    >
      <b>${template.title}</b><span>${template.text}</span>
    </li>`;
  }

  private renderTemplates(): TemplateResult | typeof nothing {
    if (this.query === null) return nothing;
    const { found, locale } = this;
    const news = this.failed ? locale.text("canned_failed") : this.templates === null ? locale.text("loading") : null;
    const count = found.length === 0 ? locale.text("canned_none") : locale.count("canned_found", found.length);
    return html`<div class="templates" data-testid="templates">
      <p role="status">${news ?? count}. ${found.length > 0 ? locale.text("canned_keys") : nothing}</p>
      <ul id="templates" role="listbox" aria-label=${locale.text("canned")}>
        ${found.map((template, index) => this.renderTemplate(template, index))}
      </ul>
    </div>`;
  }

  private renderHint(): TemplateResult | typeof nothing {
    const { locale, open } = this;
    const left = this.charactersLeft;
    if (left < WARN_FROM) {
      const text = locale.text(left < 0 ? "characters_over" : "characters_left", { count: Math.abs(left) });
      return html`<p class="hint ${left < 0 ? "over" : ""}" role="status" data-testid="limit">${text}</p>`;
    }
    if (this.uploading !== null) return html`<p class="hint" role="status">${locale.text("uploading", { name: this.uploading })}</p>`;
    if (open.length === 0) return nothing;
    return html`<p class="hint open" role="status" data-testid="unfilled">
      ${locale.text("unfilled", { names: open.join(", ") })}
      <button type="button" class="link" @click=${this.handleGaps}>→<span class="hidden">${open[0]}</span></button>
    </p>`;
  }

  private renderAttach(): TemplateResult | typeof nothing {
    if (!this.takesFiles) return nothing;
    const words = this.locale.text("attach");
    return html`<button type="button" class="plain" data-testid="attach" aria-label=${words} @click=${this.chooseFile}>${clipIcon}</button>
      <input type="file" accept=${FILE_TYPES} hidden data-testid="file-picker" aria-label=${words} @change=${this.handleFile} />`;
  }

  private renderTools(): TemplateResult {
    const { locale } = this;
    const isNote = this.mode === "note";
    return html`<div class="tools">
      ${this.renderAttach()}
      ${isNote
        ? nothing
        : html`<button type="button" class="plain" data-testid="canned" aria-label=${locale.text("canned")} @click=${this.askForTemplate}>
            ${templateIcon}
          </button>`}
      <button
        type="button"
        class="button primary send"
        data-testid="send"
        ?disabled=${!this.canSend || this.open.length > 0}
        @click=${this.send}
      >
        ${isNote ? locale.text("note_save") : html`${sendIcon}${locale.text("send")}`}
      </button>
    </div>`;
  }

  private renderField(): TemplateResult {
    const { locale } = this;
    const isNote = this.mode === "note";
    const active = this.found.length > 0 ? `template-${this.at}` : nothing;
    return html`<div class="field">
      <div class="mirror" aria-hidden="true">${markUnfilled(isNote ? "" : this.text).map((part) =>
        part.isOpen ? html`<mark>${part.text}</mark>` : part.text,
      )}</div>
      <textarea
        rows="2"
        aria-label=${locale.text(isNote ? "note_about" : "reply_to", { name: this.name })}
        aria-autocomplete=${isNote ? nothing : "list"}
        aria-controls=${this.query === null ? nothing : "templates"}
        aria-activedescendant=${active}
        placeholder=${locale.text(isNote ? "note_placeholder" : "reply_placeholder")}
        data-testid="composer"
        .value=${live(this.text)}
        @input=${this.handleInput}
        @keydown=${this.handleKeydown}
        @scroll=${this.handleScroll}
        @paste=${this.handlePaste}
      ></textarea>
    </div>`;
  }

  override render(): TemplateResult {
    return html`${this.renderTemplates()}
      <div class="box ${this.mode}">
        ${this.alone ? nothing : this.renderModes()}
        ${this.renderField()} ${this.renderTools()}
      </div>
      ${this.renderHint()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-reply-box": SaldoReplyBox;
  }
}
