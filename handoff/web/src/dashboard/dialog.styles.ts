/** The look of the board's dialogs. */
import { css } from "lit";

export const dialogStyles = css`
  :host {
    display: contents;
  }
  dialog {
    max-height: min(760px, calc(100dvh - 32px));
    padding: var(--saldo-space-6);
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    color: var(--saldo-text);
    box-shadow: var(--saldo-shadow);
    font-size: 14px;
    line-height: 20px;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
    gap: var(--saldo-space-3);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  dialog h2 {
    font-size: 18px;
    line-height: 24px;
  }
  dialog h3 {
    font-size: 14px;
    font-weight: 650;
    line-height: 20px;
  }
  .foot {
    display: flex;
    justify-content: end;
    gap: var(--saldo-space-2);
  }
`;
