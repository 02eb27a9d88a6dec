/** "My bill" at Nordlicht Netz: the foreign page in which the chat stands. */
import { html, LitElement, svg, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Language } from "../api/protocol.ts";
import { type DemoLocale, demoLocale } from "../i18n/demo-locale.ts";
import { LANGUAGES, pickLanguage } from "../i18n/locale.ts";
import { openStore } from "../state/storage.ts";
import { demoPageStyles } from "./demo-page.styles.ts";
import "./saldo-demo-customers.ts";
import "./saldo-demo-letters.ts";
import "./saldo-demo-phone.ts";

/** What the widget's element offers to its page. */
interface ChatElement extends HTMLElement {
  requestedLanguage: string;
  open(): void;
}

/** The bill explained on the page, in minor units; the total is their sum. */
const EXAMPLE = { base: 2995, usage: 245, discount: -500 } as const;

/** @summary The page of a made-up company, in three languages. */
@customElement("saldo-demo-page")
export class SaldoDemoPage extends LitElement {
  static override styles = demoPageStyles;

  private readonly stored = openStore();

  @state() private language: Language = pickLanguage(
    new URLSearchParams(location.search).get("lang"),
    this.stored.get("nordlicht:language"),
    ...navigator.languages,
  );

  constructor() {
    super();
    this.tellPage();
  }

  private tellPage(): void {
    document.documentElement.lang = this.language;
    document.title = demoLocale(this.language).text("title");
  }

  private findChat(): ChatElement | null {
    return document.querySelector<ChatElement>("saldo-chat");
  }

  private handleLanguage(event: Event): void {
    this.language = pickLanguage((event.target as HTMLSelectElement).value);
    this.stored.set("nordlicht:language", this.language);
    this.tellPage();
    const chat = this.findChat();
    if (chat) chat.requestedLanguage = this.language;
  }

  private handleAsk(): void {
    this.findChat()?.open();
  }

  private renderHeader(locale: DemoLocale): TemplateResult {
    return html`<header>
      <p class="brand">
        <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
          <rect width="32" height="32" rx="8" class="sky"></rect>
          <path d="M5 22c4-13 8-12 11-6s6 6 11-7" class="light"></path>
        </svg>
        <span><b>${locale.text("brand")}</b><span class="claim">${locale.text("claim")}</span></span>
      </p>
      <select aria-label=${locale.text("language")} @change=${this.handleLanguage}>
        ${LANGUAGES.map(
          ({ code, name }) => html`<option value=${code} lang=${code} .selected=${live(code === this.language)}>${name}</option>`,
        )}
      </select>
    </header>`;
  }

  private renderHero(locale: DemoLocale): TemplateResult {
    return html`<section class="hero">
      ${renderAurora()}
      <div class="inner">
        <h1>${locale.text("heading")}</h1>
        <p class="lead">${locale.text("lead")}</p>
        <button type="button" @click=${this.handleAsk}>${locale.text("ask")}</button>
      </div>
    </section>`;
  }

  private renderExample(locale: DemoLocale): TemplateResult {
    const { base, usage, discount } = EXAMPLE;
    const lines = [
      { key: "base", minor: base },
      { key: "usage", minor: usage },
      { key: "discount", minor: discount },
      { key: "total", minor: base + usage + discount },
    ] as const;
    return html`<section class="inner">
      <h2>${locale.text("read_heading")}</h2>
      <div class="bill">
        ${lines.map(
          ({ key, minor }) => html`<div class="line ${key}">
            <p class="what"><b>${locale.text(`line_${key}`)}</b><span>${locale.text(`line_${key}_note`)}</span></p>
            <p class="money">${locale.money(minor, "EUR")}</p>
          </div>`,
        )}
        <p class="note">${locale.text("read_note")}</p>
      </div>
    </section>`;
  }

  private renderAnswers(locale: DemoLocale): TemplateResult {
    return html`<section class="inner">
      <h2>${locale.text("answers_heading")}</h2>
      <div class="answers">
        ${(["why", "late", "wrong"] as const).map(
          (key) => html`<article>
            <h3>${locale.text(`${key}_heading`)}</h3>
            <p>${locale.text(`${key}_text`)}</p>
          </article>`,
        )}
      </div>
    </section>`;
  }

  override render(): TemplateResult {
    const locale = demoLocale(this.language);
    return html`${this.renderHeader(locale)}
      <main>
        ${this.renderHero(locale)}
        <saldo-demo-customers .locale=${locale}></saldo-demo-customers>
        <saldo-demo-letters .locale=${locale}></saldo-demo-letters>
        ${this.renderExample(locale)} ${this.renderAnswers(locale)}
      </main>
      <saldo-demo-phone .locale=${locale}></saldo-demo-phone>`;
  }
}

function renderAurora(): TemplateResult {
  const curtain = (colour: string, d: string): TemplateResult =>
    svg`<path fill="url(#${colour})" filter="url(#soft)" d=${d}></path>`;
  const fade = (id: string, colour: string): TemplateResult => svg`<linearGradient id=${id} x1="0" y1="1" x2="0" y2="0">
    <stop offset="0" stop-color=${colour} stop-opacity="0.85"></stop>
    <stop offset="1" stop-color=${colour} stop-opacity="0"></stop>
  </linearGradient>`;
  return html`<svg class="aurora" viewBox="0 0 1200 320" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">
    <defs>
      ${fade("mint", "#6fdcae")} ${fade("lilac", "#8f74f5")}
      <filter id="soft" x="-5%" y="-20%" width="110%" height="140%"><feGaussianBlur stdDeviation="9"></feGaussianBlur></filter>
    </defs>
    ${curtain("lilac", "M380 190C520 120 600 230 740 160S1010 60 1260 130V-60H420Z")}
    ${curtain("mint", "M520 250C640 180 720 280 860 215S1090 150 1260 205V40C1080 0 980 90 840 70S640 90 560 30Z")}
    ${svg`<path class="hill" d="M0 320V300C180 272 320 312 520 298S900 262 1200 300V320Z"></path>`}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-demo-page": SaldoDemoPage;
  }
}
