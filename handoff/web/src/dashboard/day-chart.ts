/** The day's chart as three drawings above one another, with one axis of time: contacts, service level, agents. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { HalfHour } from "../api/board.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import { curve, roundUp, stairs } from "./drawing.ts";
import { clock, writeShare } from "./words.ts";

const WIDTH = 860;
const LEFT = 44;
const INNER = WIDTH - LEFT - 8;
const CONTACTS = { top: 8, height: 100 };
const LEVEL = { top: 128, height: 48 };
const STAFF = { top: 196, height: 56 };
const HEIGHT = 276;

interface Panel {
  top: number;
  height: number;
}

interface Scale {
  panel: Panel;
  highest: number;
}

function y({ panel, highest }: Scale, value: number): number {
  return panel.height * (1 - value / highest);
}

function grid(scale: Scale, ticks: readonly number[], label: (value: number) => string): SVGTemplateResult {
  return svg`${ticks.map((tick) => {
    const at = y(scale, tick);
    return svg`<line class="grid" x1="0" x2=${INNER} y1=${at} y2=${at} /><text class="tick" x="-6" y=${at + 4} text-anchor="end">${label(tick)}</text>`;
  })}`;
}

function bars(halves: readonly HalfHour[], step: number, scale: Scale, locale: BoardLocale): SVGTemplateResult {
  const width = Math.max(2, step - 3);
  return svg`${halves.map((half, index) => {
    const x = index * step + (step - width) / 2;
    const [all, answered] = [y(scale, half.offered), y(scale, half.answered)];
    const gone = y(scale, half.answered + half.abandoned);
    return svg`<g>
      <title>${titleOf(half, locale)}</title>
      <rect class="rest" x=${x} width=${width} y=${all} height=${scale.panel.height - all} />
      <rect class="gone" x=${x} width=${width} y=${gone} height=${answered - gone} />
      <rect class="answered" x=${x} width=${width} y=${answered} height=${scale.panel.height - answered} />
      <rect class="hover" x=${index * step} width=${step} y="0" height=${scale.panel.height} />
    </g>`;
  })}`;
}

function titleOf(half: HalfHour, locale: BoardLocale): string {
  const level = half.service_level === null ? "" : `, ${locale.text("chart_level")} ${writeShare(half.service_level, locale)}`;
  const parts = [
    `${locale.text("col_offered")} ${half.offered}`,
    `${locale.text("col_answered")} ${half.answered}`,
    `${locale.text("col_abandoned")} ${half.abandoned}`,
  ];
  return `${clock(half.begin, locale)}: ${parts.join(", ")}${level}`;
}

function points(halves: readonly HalfHour[], step: number, scale: Scale, promise: number): SVGTemplateResult {
  return svg`${halves.map(({ service_level: level }, index) => {
    if (level === null) return "";
    const kind = level < promise ? "dot below" : "dot";
    return svg`<circle class=${kind} cx=${(index + 0.5) * step} cy=${y(scale, level)} r="2.6" />`;
  })}`;
}

function hours(halves: readonly HalfHour[], step: number, locale: BoardLocale): SVGTemplateResult {
  const every = halves.length > 32 ? 6 : halves.length > 18 ? 4 : 2;
  const first = halves.findIndex(({ begin }) => begin.slice(14, 16) === "00");
  return svg`${halves.map(({ begin }, index) =>
    (index - first) % every === 0
      ? svg`<text class="tick" x=${index * step} y=${HEIGHT - 4} text-anchor="middle">${clock(begin, locale)}</text>`
      : "",
  )}`;
}

function drawContacts(halves: readonly HalfHour[], step: number, locale: BoardLocale): SVGTemplateResult {
  const scale = { panel: CONTACTS, highest: roundUp(Math.max(0, ...halves.map(({ offered }) => offered))) };
  return svg`<g transform="translate(0 ${CONTACTS.top})">
    ${grid(scale, [0, scale.highest / 2, scale.highest], (tick) => locale.number(tick))}${bars(halves, step, scale, locale)}
  </g>`;
}

function drawLevel(halves: readonly HalfHour[], step: number, promise: number, locale: BoardLocale): SVGTemplateResult {
  const scale = { panel: LEVEL, highest: 1000 };
  const line = curve(halves.map((half) => half.service_level), step, (value) => y(scale, value));
  return svg`<g transform="translate(0 ${LEVEL.top})">
    ${grid(scale, [0, 1000], (tick) => (Math.abs(tick - promise) < 250 ? "" : writeShare(tick, locale)))}
    <line class="promise" x1="0" x2=${INNER} y1=${y(scale, promise)} y2=${y(scale, promise)} />
    <text class="tick" x="-6" y=${y(scale, promise) + 4} text-anchor="end">${writeShare(promise, locale)}</text>
    <path class="level" d=${line} />${points(halves, step, scale, promise)}
  </g>`;
}

function drawStaff(halves: readonly HalfHour[], step: number, locale: BoardLocale): SVGTemplateResult {
  const highest = roundUp(Math.max(0, ...halves.map(({ needed, present }) => Math.max(needed ?? 0, present ?? 0))));
  const scale = { panel: STAFF, highest };
  const up = (value: number): number => y(scale, value);
  return svg`<g transform="translate(0 ${STAFF.top})">
    ${grid(scale, [0, highest], (tick) => locale.number(tick))}
    <path class="present" d=${stairs(halves.map((half) => half.present), step, up)} />
    <path class="needed" d=${stairs(halves.map((half) => half.needed), step, up)} />
  </g>`;
}

/** Draw the given half hours; `summary` is what a screen reader is told instead, beside the table. */
export function drawDay(halves: readonly HalfHour[], promise: number, summary: string, locale: BoardLocale): TemplateResult {
  const step = INNER / Math.max(1, halves.length);
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${summary}>
    ${svg`<g transform="translate(${LEFT} 0)">
      ${drawContacts(halves, step, locale)}${drawLevel(halves, step, promise, locale)}${drawStaff(halves, step, locale)}
      ${hours(halves, step, locale)}
    </g>`}
  </svg>`;
}
