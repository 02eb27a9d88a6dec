/** The small badge that tells a state in words; its colour only supports the word. */
import { css } from "lit";

export const statusStyles = css`
  .status {
    display: inline-block;
    padding: 1px 8px;
    border-radius: 10px;
    background: var(--saldo-surface-3);
    color: var(--saldo-text-2);
    font-size: 12px;
    line-height: 18px;
    font-weight: 600;
    white-space: nowrap;
  }
  .status-paid,
  .status-credited,
  .status-verified {
    background: var(--saldo-positive-soft);
    color: var(--saldo-positive);
  }
  .status-open,
  .status-unverified {
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
  }
  .status-overdue {
    background: var(--saldo-critical-soft);
    color: var(--saldo-critical);
  }
`;
