/** The widget: a launcher, and the panel that it opens. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { openConversation } from "../api/conversations.ts";
import type { Language } from "../api/protocol.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import { chatIcon } from "../components/icons.ts";
import { pickLanguage, sharedLocale, type SharedLocale } from "../i18n/locale.ts";
import { ChatStore } from "../state/chat-store.ts";
import { type KeyValueStore, openStore } from "../state/storage.ts";
import tokens from "../styles/tokens.css?inline";
import { chatStyles } from "./chat.styles.ts";
import { isReaderHere, watchReader } from "../components/reader-here.ts";
import { signTitle } from "./title-sign.ts";
import type { SaldoChatPanel } from "./saldo-chat-panel.ts";
import "./saldo-chat-panel.ts";

/**
 * @summary The chat in a foreign page. Stands in its own shadow root, in the page's lower corner.
 * @cssproperty --saldo-accent - The one colour of the brand; every `--saldo-…` token may be set on the element.
 */
@customElement("saldo-chat")
export class SaldoChat extends LitElement {
  static override styles = [unsafeCSS(tokens), baseStyles, buttonStyles, chatStyles];

  private store: ChatStore | null = null;
  private stored: KeyValueStore = openStore();
  private unsubscribe: (() => void) | null = null;
  private unwatch: (() => void) | null = null;

  @query("saldo-chat-panel") private panel!: SaldoChatPanel | null;
  @query(".launcher") private launcher!: HTMLElement | null;

  @state() private isOpen = false;

  /** Where the backend is, such as https://help.example. */
  @property() origin = "";
  /** The company's name as the header shows it. */
  @property() company = "";
  /** The language asked for by the page, as a language tag. */
  @property({ attribute: "language" }) requestedLanguage = "";

  override connectedCallback(): void {
    super.connectedCallback();
    globalThis.addEventListener("storage", this.handleStorage);
    if (this.store === null) this.begin();
    this.unwatch = watchReader(this.showTitle);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    globalThis.removeEventListener("storage", this.handleStorage);
    this.unsubscribe?.();
    this.unwatch?.();
    this.store?.stop();
    this.store = null;
    signTitle(0);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("requestedLanguage") && this.hasUpdated) this.store?.suggestLanguage(pickLanguage(this.requestedLanguage));
  }

  private readonly handleStorage = (event: StorageEvent): void => {
    this.store?.handleStored(event.key);
  };

  private begin(): void {
    const key = `saldo:${this.origin}:`;
    const remembered = this.stored.get(`${key}language`);
    const language = pickLanguage(remembered, this.requestedLanguage, ...navigator.languages);
    this.store = new ChatStore({ origin: this.origin, language, store: this.stored, open: openConversation });
    this.unsubscribe = this.store.subscribe(() => {
      this.requestUpdate();
      this.showTitle();
    });
    // A conversation under way goes on in the background, so that the launcher can tell of an answer.
    if (this.store.hasConversation) this.store.start();
    // On a phone the panel covers the page, so it opens there by the person's own hand only.
    if (this.stored.get(`${key}open`) === "yes" && !matchMedia("(max-width: 520px)").matches) this.isOpen = true;
    if (this.isOpen) this.store.start();
  }

  private get locale(): SharedLocale {
    return localeOf(this.store?.language ?? "en");
  }

  /** Who waits for a person in another tab sees there that one has come. */
  private readonly showTitle = (): void => {
    const count = this.store?.isWithPeople && !isReaderHere() ? this.store.unreadCount : 0;
    signTitle(count);
  };

  /** Open the panel; a page may offer its own way in. */
  open(): void {
    this.isOpen = true;
    this.stored.set(`saldo:${this.origin}:open`, "yes");
    this.store?.start();
    void this.updateComplete.then(() => this.panel?.focusComposer());
  }

  private handleClose(): void {
    this.isOpen = false;
    this.stored.remove(`saldo:${this.origin}:open`);
    void this.updateComplete.then(() => this.launcher?.focus());
  }

  private renderLauncher(): TemplateResult {
    const unread = this.store?.unreadCount ?? 0;
    return html`<button type="button" class="launcher" data-testid="launcher" aria-expanded="false" @click=${this.open}>
      ${chatIcon}<span>${unread > 0 ? this.locale.count("launcher_unread", unread) : this.locale.text("launcher")}</span>
    </button>`;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.store) return nothing;
    if (!this.isOpen) return this.renderLauncher();
    return html`<saldo-chat-panel
      lang=${this.store.language}
      .store=${this.store}
      .locale=${this.locale}
      .company=${this.company || this.locale.text("company_fallback")}
      @saldo-panel-close=${this.handleClose}
    ></saldo-chat-panel>`;
  }
}

const locales = new Map<Language, SharedLocale>();

function localeOf(language: Language): SharedLocale {
  const locale = locales.get(language) ?? sharedLocale(language);
  locales.set(language, locale);
  return locale;
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-chat": SaldoChat;
  }
}
