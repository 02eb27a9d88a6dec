/** The look that the console's dialogs share: the frame, and the fields in it. */
import { css } from "lit";
import { dialogFrameStyles } from "../components/dialog.styles.ts";

const fieldStyles = css`
  .note {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .stack {
    display: grid;
    gap: var(--saldo-space-4);
  }
  .field {
    display: grid;
    gap: var(--saldo-space-1);
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

export const dialogStyles = [dialogFrameStyles, fieldStyles];
