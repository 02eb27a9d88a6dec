/** The look of a dialog with a long list: the list scrolls, heading and answers stay. */
import { css } from "lit";
import { dialogFrameStyles } from "../components/dialog.styles.ts";

const listStyles = css`
  dialog {
    --dialog-width: 640px;
  }
  .note {
    color: var(--saldo-text-2);
  }
  header {
    display: grid;
    gap: var(--saldo-space-2);
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
  .wrong {
    color: var(--saldo-critical);
    font-weight: 600;
  }
`;

export const tasksDialogStyles = [dialogFrameStyles, listStyles];
