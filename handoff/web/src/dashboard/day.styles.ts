/** The look of the day's chart: colour is never the only sign, lines differ in their strokes too. */
import { css } from "lit";

export const dayStyles = css`
  .chart {
    display: block;
    width: 100%;
    height: auto;
  }
  .grid {
    stroke: var(--saldo-line);
  }
  .tick {
    fill: var(--saldo-text-2);
    font-size: 11px;
    font-variant-numeric: tabular-nums;
  }
  rect.answered {
    fill: var(--saldo-accent);
  }
  rect.gone {
    fill: var(--saldo-bar-more);
  }
  rect.rest {
    fill: var(--saldo-bar-track);
  }
  rect.hover {
    fill: transparent;
  }
  g:hover > rect.hover {
    fill: var(--saldo-text);
    opacity: 0.08;
  }
  path {
    fill: none;
    stroke-width: 2;
    stroke-linejoin: round;
  }
  path.level {
    stroke: var(--saldo-text-2);
    stroke-width: 1.5;
  }
  .dot {
    fill: var(--saldo-text-2);
  }
  .dot.below {
    fill: var(--saldo-surface);
    stroke: var(--saldo-critical);
    stroke-width: 1.8;
  }
  .promise {
    stroke: var(--saldo-text-3);
    stroke-dasharray: 2 4;
  }
  path.present {
    stroke: var(--saldo-accent);
  }
  path.needed {
    stroke: var(--saldo-bar-more);
    stroke-dasharray: 5 3;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px var(--saldo-space-4);
    margin-top: var(--saldo-space-2);
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .key {
    width: 16px;
    height: 10px;
    border-radius: 2px;
  }
  .key.answered {
    background: var(--saldo-accent);
  }
  .key.gone {
    background: var(--saldo-bar-more);
  }
  .key.rest {
    background: var(--saldo-bar-track);
    border: 1px solid var(--saldo-line-strong);
  }
  .key.level,
  .key.promise,
  .key.needed,
  .key.present {
    height: 0;
    border-top: 2px solid var(--saldo-text-2);
    border-radius: 0;
  }
  .key.promise {
    border-top: 1px dotted var(--saldo-text-3);
  }
  .key.needed {
    border-top: 2px dashed var(--saldo-bar-more);
  }
  .key.present {
    border-top-color: var(--saldo-accent);
  }
  .turn {
    display: flex;
    align-items: center;
    gap: var(--saldo-space-2);
    font-variant-numeric: tabular-nums;
  }
  .how {
    margin-top: var(--saldo-space-1);
    font-size: 12px;
    line-height: 16px;
  }
  .tall {
    max-height: 320px;
    overflow-y: auto;
  }
  h3 {
    margin-block: var(--saldo-space-4) var(--saldo-space-1);
    font-size: 14px;
    line-height: 20px;
  }
`;
