/** The board's page: a row of numbers, then two columns that become one on a tablet. */
import { css } from "lit";

export const boardStyles = css`
  :host {
    display: block;
    min-height: 100vh;
    background: var(--saldo-ground);
    font-size: 14px;
    line-height: 20px;
  }
  .page {
    display: grid;
    gap: var(--saldo-space-3);
    max-width: 1720px;
    margin-inline: auto;
    padding: var(--saldo-space-3) var(--saldo-space-4) var(--saldo-space-6);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--saldo-space-2) var(--saldo-space-3);
  }
  h1 {
    font-size: 18px;
    line-height: 24px;
  }
  .updated {
    margin-inline-end: auto;
    color: var(--saldo-text-2);
    font-variant-numeric: tabular-nums;
  }
  .dead {
    padding: 2px 10px;
    border-radius: 10px;
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
    font-weight: 600;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(400px, 464px);
    align-items: start;
    gap: var(--saldo-space-3);
  }
  .column {
    display: grid;
    gap: var(--saldo-space-3);
    min-width: 0;
  }
  .lost {
    padding: 6px var(--saldo-space-4);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
    font-weight: 600;
  }
  .refused {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--saldo-space-3);
    padding: 6px var(--saldo-space-4);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-critical-soft);
    color: var(--saldo-critical);
    font-weight: 600;
  }
  .alone {
    display: grid;
    gap: var(--saldo-space-4);
    justify-items: center;
    padding: var(--saldo-space-8);
    color: var(--saldo-text-2);
    text-align: center;
  }
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--saldo-space-2);
  }
  details {
    position: relative;
  }
  summary {
    list-style: none;
    cursor: pointer;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  .export {
    position: absolute;
    inset-block-start: calc(100% + 4px);
    inset-inline-end: 0;
    z-index: 2;
    display: grid;
    gap: var(--saldo-space-3);
    width: max-content;
    max-width: min(360px, calc(100vw - 32px));
    padding: var(--saldo-space-4);
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    box-shadow: var(--saldo-shadow);
  }
  .export label {
    display: grid;
    gap: 2px;
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
  }
  .export input {
    min-height: 36px;
    padding: 4px 8px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
  }
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  @media (max-width: 1099px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .column.acting {
      order: -1;
    }
  }
`;
