/** What the parts of the board share: panels, tables, small buttons. */
import { css } from "lit";

export const panelStyles = css`
  :host {
    display: block;
    min-width: 0;
    font-size: 14px;
    line-height: 20px;
  }
  section {
    padding: var(--saldo-space-3) var(--saldo-space-4) var(--saldo-space-4);
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: center;
    gap: var(--saldo-space-2);
    min-height: 32px;
    margin-bottom: var(--saldo-space-1);
  }
  h2 {
    font-size: 15px;
    line-height: 20px;
    font-weight: 650;
  }
  .note {
    color: var(--saldo-text-2);
  }
  .wide {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 4px 8px;
    border-top: 1px solid var(--saldo-line);
    text-align: end;
    white-space: nowrap;
  }
  thead th {
    border-top: 0;
    color: var(--saldo-text-2);
    font-size: 12px;
    line-height: 16px;
    font-weight: 600;
  }
  th:first-child,
  td:first-child,
  .start {
    text-align: start;
  }
  th:first-child,
  td:first-child {
    padding-inline-start: 0;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 0;
  }
  tbody th {
    font-weight: 600;
  }
  .second {
    color: var(--saldo-text-2);
    font-weight: 400;
  }
  .number {
    min-height: 24px;
    min-width: 24px;
    padding: 1px 4px;
    border: 0;
    border-radius: var(--saldo-radius-small);
    background: none;
    font-variant-numeric: tabular-nums;
    text-decoration: underline dotted var(--saldo-line-strong);
    text-underline-offset: 3px;
  }
  .number:hover {
    background: var(--saldo-accent-soft);
  }
  .small-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-height: 32px;
    padding: 4px 10px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
    color: var(--saldo-accent);
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
    text-decoration: none;
    white-space: nowrap;
  }
  .small-button:hover:not(:disabled) {
    background: var(--saldo-accent-soft);
  }
  .small-button:disabled {
    color: var(--saldo-text-3);
    border-color: var(--saldo-line);
  }
  .broken {
    color: var(--saldo-critical);
    font-weight: 650;
  }
  .rows > li {
    display: flex;
    align-items: center;
    gap: var(--saldo-space-2);
    padding-block: var(--saldo-space-2);
    border-top: 1px solid var(--saldo-line);
  }
  .rows > li > div {
    flex: 1;
    min-width: 0;
  }
  .icon {
    flex: none;
    vertical-align: -4px;
  }
`;
