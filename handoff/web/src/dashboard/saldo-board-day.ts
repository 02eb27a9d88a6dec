/** The day by half hours: a drawing, or the same as a table. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DayOut, HalfHour, HourOfQueue } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import type { BoardStore } from "./board-store.ts";
import { dayStyles } from "./day.styles.ts";
import { drawDay } from "./day-chart.ts";
import { busyRange } from "./drawing.ts";
import { panelStyles } from "./panel.styles.ts";
import { clock, wordQueue, writeValue } from "./words.ts";

const LEAST_SHOWN = 16;
const HEADINGS = ["time", "offered", "answered", "abandoned", "level", "p80", "needed", "present"] as const;
const HOUR_HEADINGS = ["time", "queue", "answered"] as const;
const LEGEND = [
  ["answered", "col_answered"],
  ["gone", "col_abandoned"],
  ["rest", "chart_rest"],
  ["level", "chart_level"],
  ["promise", "chart_promise"],
  ["needed", "chart_needed"],
  ["present", "chart_present"],
] as const;

/** @summary The chart of one day. */
@customElement("saldo-board-day")
export class SaldoBoardDay extends LitElement {
  static override styles = [baseStyles, panelStyles, dayStyles];

  @state() private isTable = false;

  /** The day that is shown; null while it is read. */
  @property({ attribute: false }) day: DayOut | null = null;
  /** Whether a later day exists. */
  @property({ type: Boolean }) past = false;
  /** The board to turn the pages of. */
  @property({ attribute: false }) store!: BoardStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  private shown(day: DayOut): HalfHour[] {
    const isBusy = day.half_hours.map(({ offered, present }) => offered > 0 || (present ?? 0) > 0);
    const [from, until] = busyRange(isBusy, LEAST_SHOWN);
    return day.half_hours.slice(from, until);
  }

  private summary({ date, half_hours: halves }: DayOut): string {
    const sum = (key: "offered" | "answered" | "abandoned"): number => halves.reduce((all, half) => all + half[key], 0);
    const counts = { offered: sum("offered"), answered: sum("answered"), abandoned: sum("abandoned") };
    return this.locale.text("chart_summary", { date: this.locale.date(date), ...counts });
  }

  private renderRow(half: HalfHour): TemplateResult {
    const { locale } = this;
    const present = half.present === null ? "–" : locale.number(half.present);
    return html`<tr>
      <th scope="row">${clock(half.begin, locale)}</th>
      <td>${half.offered}</td>
      <td>${half.answered}</td>
      <td>${half.abandoned}</td>
      <td>${writeValue(half.service_level, "permille", locale)}</td>
      <td>${writeValue(half.wait_p80, "seconds", locale)}</td>
      <td>${writeValue(half.needed, "count", locale)}</td>
      <td>${present}</td>
    </tr>`;
  }

  private renderHour(hour: HourOfQueue): TemplateResult {
    const { locale } = this;
    const waits = [hour.wait_p50, hour.wait_p80, hour.wait_p95];
    return html`<tr>
      <th scope="row">${clock(hour.begin, locale)}</th>
      <td class="start">${wordQueue(hour.queue, locale)}</td>
      <td>${hour.answered}</td>
      ${waits.map((wait) => html`<td>${writeValue(wait, "seconds", locale)}</td>`)}
    </tr>`;
  }

  private renderTables(day: DayOut): TemplateResult {
    const { locale } = this;
    const head = (key: (typeof HEADINGS)[number] | "queue"): TemplateResult =>
      html`<th scope="col" class=${key === "queue" ? "start" : ""}>${locale.text(`col_${key}`)}</th>`;
    const waits = (["number_wait_p50", "number_wait_p80", "number_wait_p95"] as const).map(
      (key) => html`<th scope="col">${locale.text(key)}</th>`,
    );
    return html`<div class="wide tall" role="group" aria-labelledby="title" tabindex="0">
        <table data-testid="day-table">
          <thead>
            <tr>
              ${HEADINGS.map(head)}
            </tr>
          </thead>
          <tbody>
            ${this.shown(day).map((half) => this.renderRow(half))}
          </tbody>
        </table>
      </div>
      <h3 id="hours">${locale.text("hours")}</h3>
      <div class="wide tall" role="group" aria-labelledby="hours" tabindex="0">
        <table>
          <thead>
            <tr>
              ${HOUR_HEADINGS.map(head)}${waits}
            </tr>
          </thead>
          <tbody>
            ${day.queues.map((hour) => this.renderHour(hour))}
          </tbody>
        </table>
      </div>`;
  }

  private renderLegend(): TemplateResult {
    return html`<ul class="legend">
      ${LEGEND.map(([kind, key]) => html`<li><span class="key ${kind}" aria-hidden="true"></span>${this.locale.text(key)}</li>`)}
    </ul>`;
  }

  private renderDay(day: DayOut): TemplateResult {
    const { locale } = this;
    if (day.half_hours.every(({ offered, present }) => offered === 0 && !present))
      return html`<p class="note">${locale.text("day_none")}</p>`;
    if (this.isTable) return this.renderTables(day);
    return html`${drawDay(this.shown(day), day.promise_permille, this.summary(day), locale)}${this.renderLegend()}
      <p class="note how">${locale.text("chart_needed_how")}</p>`;
  }

  private renderHead(): TemplateResult {
    const { locale, store, day } = this;
    const back = (): void => void store.turnDay(-1);
    const on = (): void => void store.turnDay(1);
    const toggle = (): void => {
      this.isTable = !this.isTable;
    };
    return html`<div class="head">
      <h2 id="title">${locale.text("day")}</h2>
      <div class="turn">
        <button type="button" class="small-button" aria-label=${locale.text("day_before")} @click=${back}>‹</button>
        <span role="status">${day ? locale.date(day.date) : nothing}</span>
        <button type="button" class="small-button" aria-label=${locale.text("day_after")} ?disabled=${!this.past} @click=${on}>›</button>
        <button type="button" class="small-button" data-testid="day-toggle" @click=${toggle}>
          ${locale.text(this.isTable ? "as_chart" : "as_table")}
        </button>
      </div>
    </div>`;
  }

  override render(): TemplateResult {
    return html`<section aria-labelledby="title">${this.renderHead()}${this.day ? this.renderDay(this.day) : nothing}</section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-day": SaldoBoardDay;
  }
}
