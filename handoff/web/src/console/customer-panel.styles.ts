/** The look of the right column: its frame, and what its tabs share. */
import { css } from "lit";

export const panelFrameStyles = css`
  :host {
    display: block;
    font-size: 14px;
    line-height: 20px;
  }
  .who {
    display: grid;
    gap: var(--saldo-space-1);
    padding: var(--saldo-space-4) var(--saldo-space-4) var(--saldo-space-3);
  }
  h2 {
    font-size: 18px;
    line-height: 24px;
    overflow-wrap: anywhere;
  }
  .badge {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: var(--saldo-space-1) var(--saldo-space-2);
  }
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .hidden-customer {
    padding: 0 var(--saldo-space-4) var(--saldo-space-4);
  }
  [role="tablist"] {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    padding-inline: var(--saldo-space-2);
    border-block-end: 1px solid var(--saldo-line);
    background: var(--saldo-ground);
  }
  [role="tab"] {
    flex: 1 1 auto;
    min-height: 40px;
    padding: 8px 6px;
    border: 0;
    border-block-end: 3px solid transparent;
    background: none;
    color: var(--saldo-text-2);
    font-weight: 600;
  }
  [role="tab"]:hover {
    color: var(--saldo-text);
  }
  [role="tab"][aria-selected="true"] {
    border-block-end-color: var(--saldo-accent);
    color: var(--saldo-accent);
  }
  @media (forced-colors: active) {
    [role="tab"][aria-selected="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  [role="tab"]:focus-visible,
  [role="tabpanel"]:focus-visible {
    outline-offset: -2px;
  }
  [role="tabpanel"] {
    padding: var(--saldo-space-4);
  }
`;

export const panelTabStyles = css`
  :host {
    display: grid;
    gap: var(--saldo-space-5);
    font-size: 14px;
    line-height: 20px;
  }
  h3 {
    padding-bottom: var(--saldo-space-1);
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
    color: var(--saldo-text-2);
    text-align: start;
  }
  h4 {
    margin: 0;
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
    overflow-wrap: anywhere;
  }
  .said {
    overflow-wrap: anywhere;
  }
  .late {
    color: var(--saldo-critical);
    font-weight: 600;
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
  .items > li {
    display: grid;
    gap: 2px;
    padding-block: 8px;
    border-top: 1px solid var(--saldo-line);
  }
  .line {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    gap: var(--saldo-space-2);
  }
  p + .items {
    margin-top: 6px;
  }
  .items + .button {
    margin-top: var(--saldo-space-1);
  }
  h4::first-letter {
    text-transform: uppercase;
  }
  .line > .money,
  .line > .status {
    flex: none;
  }
`;
