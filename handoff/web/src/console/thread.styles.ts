/** The look of the middle column. */
import { css } from "lit";

export const threadStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--saldo-surface);
    font-size: 14px;
    line-height: 20px;
    --saldo-message-size: 14px;
    --saldo-message-leading: 20px;
  }
  .question {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3) var(--saldo-space-4);
    border-bottom: 1px solid var(--saldo-line);
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
  }
  .question p {
    flex: 1;
    min-width: 180px;
    font-weight: 600;
  }
  .question .quiet {
    background: var(--saldo-surface);
  }
  saldo-transcript {
    flex: 1;
  }
  footer {
    padding: var(--saldo-space-3) var(--saldo-space-4);
    border-top: 1px solid var(--saldo-line);
  }
  .ended,
  .loading {
    padding: var(--saldo-space-4);
    color: var(--saldo-text-2);
    text-align: center;
  }
  .ended {
    display: grid;
    gap: var(--saldo-space-3);
  }
  .ended saldo-reply-box {
    color: var(--saldo-text);
    text-align: start;
  }
`;
