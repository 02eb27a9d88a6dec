/** The look of the tab of actions. */
import { css } from "lit";

export const actionsStyles = css`
  :host {
    gap: var(--saldo-space-4);
  }
  h3.title {
    font-size: 16px;
    line-height: 22px;
    color: var(--saldo-text);
  }
  h3:focus {
    outline: none;
  }
  .kinds {
    display: grid;
    gap: var(--saldo-space-2);
  }
  .kind {
    display: grid;
    gap: 2px;
    width: 100%;
    padding: 10px 12px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
    text-align: start;
  }
  button.kind:hover {
    background: var(--saldo-accent-soft);
  }
  .kind b {
    color: var(--saldo-accent);
  }
  .kind.closed {
    border-style: dashed;
    border-color: var(--saldo-line);
    background: none;
  }
  .kind.closed b {
    color: var(--saldo-text-2);
  }
  .limit {
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .back {
    justify-self: start;
    margin-inline-start: -8px;
  }
  .back svg {
    transform: rotate(90deg);
  }
  form,
  .stack {
    display: grid;
    gap: var(--saldo-space-4);
  }
  .field {
    display: grid;
    gap: var(--saldo-space-1);
  }
  .field > span:first-child,
  legend {
    padding: 0 0 var(--saldo-space-1);
    font-weight: 600;
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .choice {
    display: flex;
    align-items: baseline;
    gap: var(--saldo-space-2);
    padding-block: 6px;
  }
  .choice > span {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .choice .note {
    display: block;
  }
  input,
  select {
    accent-color: var(--saldo-accent);
  }
  select,
  textarea,
  input:not([type="radio"]) {
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
  :is(select, textarea, input)[aria-invalid="true"] {
    border-color: var(--saldo-critical);
  }
  .wrong {
    color: var(--saldo-critical);
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
  }
  .box {
    display: grid;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface-2);
    overflow-wrap: anywhere;
    scroll-margin-block: var(--saldo-space-4);
  }
  .box.refused {
    background: var(--saldo-critical-soft);
    color: var(--saldo-critical);
    font-weight: 600;
  }
  .box.asks {
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
  }
  .preview {
    display: grid;
    gap: var(--saldo-space-3);
    padding: var(--saldo-space-3);
    border: 1px solid var(--saldo-accent);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    scroll-margin-block: var(--saldo-space-4);
  }
  .preview h4 {
    font-size: 15px;
  }
  .preview table {
    font-size: 13px;
    line-height: 18px;
  }
  thead th {
    padding: 0 0 4px;
    color: var(--saldo-text-2);
    font-weight: 600;
    text-align: start;
  }
  thead th + th,
  tbody td {
    padding-inline-start: var(--saldo-space-2);
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .stack > .button {
    justify-self: start;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: var(--saldo-space-2);
  }
`;
