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
  .begun:has(saldo-unsent) {
    display: grid;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-2) var(--saldo-space-4);
    border-top: 1px solid var(--saldo-line);
  }
  .ended saldo-reply-box {
    color: var(--saldo-text);
    text-align: start;
  }
`;
