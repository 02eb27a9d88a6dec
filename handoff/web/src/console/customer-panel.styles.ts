/** The look of the right column. */
import { css } from "lit";

export const panelColumnStyles = css`
  :host {
    display: block;
    font-size: 14px;
    line-height: 20px;
  }
  .panel {
    display: grid;
    gap: var(--saldo-space-5);
    padding: var(--saldo-space-4);
  }
  h2 {
    font-size: 18px;
    line-height: 24px;
    overflow-wrap: anywhere;
  }
  h3 {
    padding-bottom: var(--saldo-space-1);
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
    color: var(--saldo-text-2);
    text-align: start;
  }
  .badge {
    display: grid;
    justify-items: start;
    gap: var(--saldo-space-1);
    margin-top: var(--saldo-space-2);
  }
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .amount {
    font-size: 24px;
    line-height: 30px;
    font-weight: 650;
  }
  .amount.none {
    font-size: 16px;
    line-height: 24px;
  }
  .late {
    color: var(--saldo-critical);
    font-weight: 600;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 6px var(--saldo-space-4);
  }
  dt {
    color: var(--saldo-text-2);
  }
  dd {
    overflow-wrap: anywhere;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  tbody > tr > * {
    padding: 8px 0;
    border-top: 1px solid var(--saldo-line);
    font-weight: 400;
    text-align: start;
    vertical-align: top;
  }
  th > span {
    display: block;
  }
  tbody td {
    padding-inline-start: var(--saldo-space-2);
  }
  td:last-child {
    text-align: end;
  }
`;
