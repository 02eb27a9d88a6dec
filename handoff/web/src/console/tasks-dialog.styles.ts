/** The look of the list of tasks. */
import { css } from "lit";

export const tasksDialogStyles = css`
  dialog {
    width: min(640px, calc(100vw - 32px));
    max-height: min(720px, calc(100dvh - 48px));
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
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  h2 {
    font-size: 18px;
    line-height: 24px;
  }
  .note {
    color: var(--saldo-text-2);
  }
  header {
    display: grid;
    gap: var(--saldo-space-2);
    margin-bottom: var(--saldo-space-3);
  }
  .list {
    flex: 1;
    overflow-y: auto;
    margin-inline: calc(-1 * var(--saldo-space-2));
    padding-inline: var(--saldo-space-2);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: var(--saldo-space-4);
    padding-block: var(--saldo-space-3);
    border-top: 1px solid var(--saldo-line);
  }
  h3 {
    font-size: 14px;
    font-weight: 600;
    line-height: 20px;
  }
  .about {
    font-variant-numeric: tabular-nums;
    font-size: 13px;
    line-height: 18px;
  }
  .about span {
    display: inline-block;
  }
  .about span + span::before {
    content: "·";
    margin-inline: 6px;
  }
  .button {
    flex: none;
  }
  .foot {
    display: flex;
    justify-content: end;
    margin-top: var(--saldo-space-4);
  }
`;
