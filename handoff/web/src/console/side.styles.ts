/** The look of the left column. */
import { css } from "lit";

export const sideStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    overflow-y: auto;
    background: var(--saldo-surface-2);
    font-size: 14px;
    line-height: 20px;
  }
  .top {
    display: grid;
    gap: 2px;
    padding: var(--saldo-space-3) var(--saldo-space-3) 6px;
    border-bottom: 1px solid var(--saldo-line);
  }
  .presence {
    position: relative;
    display: block;
  }
  .presence::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 14px;
    width: 10px;
    height: 10px;
    margin-block: auto;
    border: 2px solid var(--saldo-line-strong);
    border-radius: 50%;
  }
  .presence-available::before {
    border-color: var(--saldo-positive);
    background: var(--saldo-positive);
  }
  .presence-busy::before,
  .presence-wrap_up::before {
    border-color: var(--saldo-warning);
    background: var(--saldo-warning);
  }
  select {
    width: 100%;
    min-height: 40px;
    padding: 8px 10px 8px 34px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
    font-weight: 600;
  }
  .queue,
  .tasks {
    justify-content: space-between;
    margin-inline: -6px;
    font-variant-numeric: tabular-nums;
    text-align: start;
  }
  .queue b {
    color: var(--saldo-text);
  }
  .words {
    flex: 1;
  }
  .turn {
    display: inline-flex;
    transform: rotate(-90deg);
  }
  .turn.open {
    transform: none;
  }
  .turn svg {
    width: 16px;
    height: 16px;
  }
  .tasks {
    padding-inline-start: 30px;
  }
  /* On a low screen the column scrolls: neither the answer to an offer nor the list may be squeezed away. */
  .top,
  .call,
  .foot {
    flex: none;
  }
  .middle {
    flex: 1 1 0;
    overflow-y: auto;
    display: flex;
    flex-direction: column;
    padding: var(--saldo-space-3);
    min-height: 160px;
  }
  .call > * {
    display: block;
    margin: var(--saldo-space-3) var(--saldo-space-3) 0;
  }
  .call > .missed {
    display: grid;
  }
  saldo-waiting-list {
    flex: none;
    margin-bottom: var(--saldo-space-3);
  }
  .lost {
    padding: var(--saldo-space-2) var(--saldo-space-3);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface-3);
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .missed {
    display: grid;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3);
    border: 1px solid var(--saldo-warning);
    border-radius: var(--saldo-radius);
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
  }
  .missed h2 {
    font-size: 15px;
    line-height: 20px;
  }
  .missed p {
    color: var(--saldo-text);
  }
  .foot {
    display: grid;
    gap: 2px;
    padding: var(--saldo-space-2) var(--saldo-space-3);
    border-top: 1px solid var(--saldo-line);
  }
  .row {
    display: flex;
    align-items: center;
    gap: var(--saldo-space-1);
  }
  .row > :last-child:not(:only-child) {
    margin-inline-start: auto;
  }
  .row svg {
    width: 16px;
    height: 16px;
  }
  .me {
    flex: 1;
    padding-inline-start: 8px;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  a.plain {
    text-decoration: none;
  }
`;
