/** The queues, a row for each queue and language, with their own numbers. */
import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { QueueLine, Unit } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { QuestionEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { wordNumber, wordQueue, wordTongue, writeValue } from "./words.ts";

interface Cell {
  number: string;
  unit: Unit;
  value: number | null;
  broken: boolean;
}

function cellsOf(line: QueueLine): Cell[] {
  const { today } = line;
  const level = today.service_level;
  const isBelow = level !== null && line.promise_permille !== null && level < line.promise_permille;
  return [
    { number: "waiting", unit: "count", value: line.waiting, broken: line.broken },
    { number: "oldest_seconds", unit: "seconds", value: line.oldest_seconds, broken: line.broken },
    { number: "expected_seconds", unit: "seconds", value: line.expected_seconds, broken: false },
    { number: "service_level", unit: "permille", value: level, broken: isBelow },
    { number: "wait_p80", unit: "seconds", value: today.wait_p80, broken: false },
    { number: "answered", unit: "count", value: today.answered, broken: false },
    { number: "abandoned", unit: "count", value: today.abandoned, broken: false },
  ];
}

const HEADINGS = ["queue", "waiting", "oldest", "expected", "level", "p80", "answered", "abandoned", "agents"] as const;

/**
 * @summary The queues in use today.
 * @event saldo-board-question - A number of a queue shall be opened.
 */
@customElement("saldo-board-queues")
export class SaldoBoardQueues extends LitElement {
  static override styles = [baseStyles, panelStyles];

  /** The queues. */
  @property({ attribute: false }) lines: readonly QueueLine[] = [];
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  private renderCell(line: QueueLine, cell: Cell): TemplateResult {
    const { locale } = this;
    const name = `${wordQueue(line.queue, locale)}, ${wordTongue(line.language, locale)}, ${wordNumber(cell.number, locale)}`;
    const open = (): void => {
      this.dispatchEvent(new QuestionEvent({ number: cell.number, queue: line.queue, language: line.language }));
    };
    return html`<td>
      <button type="button" class="number ${cell.broken ? "broken" : ""}" @click=${open}>
        <span class="hidden">${name}${cell.broken ? `, ${locale.text(cell.unit === "permille" ? "off_target" : "broken")}` : ""}: </span>${cell.broken ? "! " : ""}${writeValue(cell.value, cell.unit, locale)}
      </button>
    </td>`;
  }

  private renderLine(line: QueueLine): TemplateResult {
    const { locale } = this;
    const free = locale.text("free_of", { free: line.agents_free, present: line.agents_present });
    return html`<tr data-testid="queue-${line.queue}-${line.language}">
      <th scope="row">${wordQueue(line.queue, locale)} <span class="second">${wordTongue(line.language, locale)}</span></th>
      ${cellsOf(line).map((cell) => this.renderCell(line, cell))}
      <td>${free}</td>
    </tr>`;
  }

  private renderTable(): TemplateResult {
    return html`<div class="wide" role="group" aria-labelledby="title" tabindex="0">
      <table>
        <thead>
          <tr>
            ${HEADINGS.map((heading) => html`<th scope="col">${this.locale.text(`col_${heading}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${repeat(this.lines, ({ queue, language }) => `${queue} ${language}`, (line) => this.renderLine(line))}
        </tbody>
      </table>
    </div>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    return html`<section aria-labelledby="title">
      <div class="head"><h2 id="title">${locale.text("queues")}</h2></div>
      ${this.lines.length === 0 ? html`<p class="note">${locale.text("queues_none")}</p>` : this.renderTable()}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-queues": SaldoBoardQueues;
  }
}
