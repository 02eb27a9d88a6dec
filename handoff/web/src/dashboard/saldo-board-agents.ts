/** The agents: state, what they hold, their limit, what they missed. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { BoardAgent } from "../api/board.ts";
import { baseStyles } from "../components/base.styles.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { ObserverController } from "../state/observable.ts";
import type { BoardStore } from "./board-store.ts";
import { QuestionEvent } from "./events.ts";
import { panelStyles } from "./panel.styles.ts";
import { writeValue } from "./words.ts";

const HEADINGS = ["agent", "state", "load", "limit", "answered", "missed", "occupancy"] as const;
const MOST = 20;

/**
 * @summary The agents who are signed in, with a limit that can be changed.
 * @event saldo-board-question - An agent's conversations shall be shown.
 */
@customElement("saldo-board-agents")
export class SaldoBoardAgents extends LitElement {
  static override styles = [
    baseStyles,
    panelStyles,
    css`
      .state::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
        border: 2px solid currentColor;
        border-radius: 5px;
      }
      .state-free::before {
        background: var(--saldo-positive);
        border-color: var(--saldo-positive);
      }
      .state-busy::before {
        background: var(--saldo-accent);
        border-color: var(--saldo-accent);
      }
      .state-wrap_up::before {
        border-color: var(--saldo-accent);
      }
      .state-away::before {
        border-color: var(--saldo-text-3);
      }
      .limit {
        display: inline-flex;
        align-items: center;
        gap: 2px;
      }
      .limit output {
        min-width: 22px;
        text-align: center;
      }
      .limit .small-button {
        width: 28px;
        min-height: 28px;
        padding: 0;
        font-size: 16px;
      }
      th,
      td {
        padding-inline: 5px;
      }
      .off {
        margin-top: var(--saldo-space-2);
        font-size: 13px;
        line-height: 18px;
      }
    `,
  ];

  /** All agents. */
  @property({ attribute: false }) agents: readonly BoardAgent[] = [];
  /** When the board was taken, for how long a state has lasted. */
  @property() at = "";
  /** The board to act on. */
  @property({ attribute: false }) store!: BoardStore;
  /** The reader's language. */
  @property({ attribute: false }) locale!: BoardLocale;

  constructor() {
    super();
    // A limit that was just asked for shows at once.
    new ObserverController(this, () => this.store);
  }

  private renderState({ state, reason, since }: BoardAgent): TemplateResult {
    const { locale } = this;
    const seconds = (Date.parse(this.at) - Date.parse(since)) / 1000;
    const missed = state === "away" && reason === "missed" ? `${locale.text("reason_missed_offers")}, ` : "";
    return html`<span class="state state-${state}">${locale.text(`state_${state}`)}</span><br />
      <span class="note" data-testid="since">${missed}${locale.duration(seconds)}</span>`;
  }

  private renderLimit({ id, name }: BoardAgent): TemplateResult {
    const { locale, store } = this;
    const limit = store.limitOf(id);
    const less = (): void => void store.setLimit(id, limit - 1);
    const more = (): void => void store.setLimit(id, limit + 1);
    return html`<span class="limit">
      <button type="button" class="small-button" aria-label=${locale.text("limit_less", { name })} ?disabled=${limit <= 1} @click=${less}>
        −
      </button>
      <output aria-label=${locale.text("limit_now", { name, limit })} data-testid="limit">${limit}</output>
      <button
        type="button"
        class="small-button"
        data-testid="limit-more"
        aria-label=${locale.text("limit_more", { name })}
        ?disabled=${limit >= MOST}
        @click=${more}
      >
        +
      </button>
    </span>`;
  }

  private renderAgent(agent: BoardAgent): TemplateResult {
    const { locale } = this;
    const count = agent.conversations + agent.wrap_ups;
    const open = (): void => {
      this.dispatchEvent(new QuestionEvent({ number: "answered", agent_id: agent.id }));
    };
    return html`<tr data-testid="agent" data-agent=${agent.name}>
      <th scope="row">${agent.name}</th>
      <td class="start">${this.renderState(agent)}</td>
      <td>
        <button type="button" class="number" @click=${open}>
          <span class="hidden">${locale.text("load_open", { name: agent.name })}: </span>${count}
        </button>
      </td>
      <td>${this.renderLimit(agent)}</td>
      <td>${agent.answered}</td>
      <td>${agent.missed}</td>
      <td>${writeValue(agent.occupancy, "permille", locale)}</td>
    </tr>`;
  }

  private renderTable(present: readonly BoardAgent[]): TemplateResult {
    const head = HEADINGS.map(
      (heading) => html`<th scope="col" class=${heading === "state" ? "start" : ""}>${this.locale.text(`col_${heading}`)}</th>`,
    );
    return html`<div class="wide" role="group" aria-labelledby="title" tabindex="0">
      <table>
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${repeat(present, ({ id }) => id, (agent) => this.renderAgent(agent))}
        </tbody>
      </table>
    </div>`;
  }

  override render(): TemplateResult {
    const { locale } = this;
    const present = this.agents.filter(({ state }) => state !== "offline");
    const names = this.agents.filter(({ state }) => state === "offline").map(({ name }) => name);
    return html`<section aria-labelledby="title">
      <div class="head"><h2 id="title">${locale.text("agents")}</h2></div>
      ${present.length === 0 ? html`<p class="note">${locale.text("agents_none")}</p>` : this.renderTable(present)}
      ${names.length === 0
        ? nothing
        : html`<p class="note off">${locale.text("agents_offline", { names: names.join(", ") })}</p>`}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-board-agents": SaldoBoardAgents;
  }
}
