/** The look that the console's dialogs share. */
import { css } from "lit";

export const dialogStyles = css`
  dialog {
    width: min(520px, calc(100vw - 32px));
    max-height: min(760px, calc(100dvh - 32px));
    padding: var(--saldo-space-6);
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    color: var(--saldo-text);
    box-shadow: var(--saldo-shadow);
    font-size: 14px;
    line-height: 20px;
    overflow-y: auto;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  h2 {
    font-size: 18px;
    line-height: 24px;
  }
  h3 {
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .stack {
    display: grid;
    gap: var(--saldo-space-4);
    margin-top: var(--saldo-space-4);
  }
  .field {
    display: grid;
    gap: var(--saldo-space-1);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: var(--saldo-space-2);
    margin-top: var(--saldo-space-5);
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 var(--saldo-space-1);
    font-weight: 600;
  }
  select,
  textarea {
    width: 100%;
    min-height: 40px;
    padding: 8px 10px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
  }
  textarea {
    resize: vertical;
  }
  input {
    accent-color: var(--saldo-accent);
  }
  .choice {
    display: flex;
    align-items: center;
    gap: var(--saldo-space-2);
    min-height: 32px;
  }
`;
