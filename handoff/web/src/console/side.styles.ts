/** The look of the left column. */
import { css } from "lit";

export const sideStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--saldo-surface-2);
    font-size: 14px;
    line-height: 20px;
  }
  .top {
    display: grid;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3);
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
  .queue {
    padding: 0 2px;
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
    font-variant-numeric: tabular-nums;
  }
  .queue b {
    color: var(--saldo-text);
  }
  .tasks {
    justify-content: space-between;
    margin-inline: -6px;
  }
  .middle {
    flex: 1;
    overflow-y: auto;
    display: flex;
    flex-direction: column;
    padding: var(--saldo-space-3);
  }
  saldo-offer-card,
  .lost {
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
  .settings {
    display: grid;
    gap: var(--saldo-space-1);
    padding: var(--saldo-space-3);
    border-top: 1px solid var(--saldo-line);
  }
  .me,
  .row {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: var(--saldo-space-2);
  }
  .me {
    padding-inline-start: 8px;
  }
  .me b {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  input {
    accent-color: var(--saldo-accent);
  }
`;
