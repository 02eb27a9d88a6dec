/** Buttons and keys at the console's smaller size. */
import { css } from "lit";

export const deskButtonStyles = css`
  .button {
    min-height: 36px;
    padding: 6px 14px;
    font-size: 14px;
    line-height: 20px;
  }
  kbd {
    display: inline-block;
    min-width: 18px;
    padding: 0 4px;
    border: 1px solid currentColor;
    border-radius: 4px;
    font: inherit;
    font-size: 12px;
    line-height: 18px;
    text-align: center;
    opacity: 0.85;
  }
  .plain {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding: 4px 8px;
    border: 0;
    border-radius: var(--saldo-radius-small);
    background: none;
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .plain:hover {
    background: var(--saldo-surface-3);
    color: var(--saldo-text);
  }
`;
