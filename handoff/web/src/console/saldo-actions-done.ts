/** An action that was done or asked for, as a list shows it. */
import { html, nothing, type TemplateResult } from "lit";
import type { DoneAction, DoneState } from "../api/actions.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordDayOf } from "../i18n/local-day.ts";
import { wordDecision } from "../i18n/panel-words.ts";

/** The badge of a state looks like that of a bill in the same standing. */
const LOOKS: Readonly<Record<DoneState, string>> = { done: "paid", waiting: "open", refused: "overdue", failed: "overdue" };

export function renderState(state: DoneState, locale: DeskLocale): TemplateResult {
  return html`<span class="status status-${LOOKS[state]}" data-testid="action-state">${locale.text(`outcome_${state}`)}</span>`;
}

export function renderDone(done: DoneAction, locale: DeskLocale): TemplateResult {
  const decision = done.state === "waiting" ? null : wordDecision(done, locale);
  return html`<li data-testid="done-action">
    <div class="line">
      <h4>${done.title}</h4>
      ${renderState(done.state, locale)}
    </div>
    <p class="note">
      ${wordDayOf(done.at, locale)} · ${locale.text("history_by", { name: done.by })}${done.document === null
        ? nothing
        : html` · ${done.document}`}
    </p>
    ${decision === null ? nothing : html`<p class="note">${decision}</p>`}
    ${done.note === "" ? nothing : html`<p class="note">${locale.text("history_reason", { note: done.note })}</p>`}
  </li>`;
}
