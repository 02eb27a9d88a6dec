/** The frame of every dialog: a box over a dimmed page, with a heading above and the answers below. */
import { css } from "lit";

export const dialogFrameStyles = css`
  :host {
    display: contents;
  }
  dialog {
    width: min(var(--dialog-width, 520px), calc(100vw - 32px));
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
  dialog[open] {
    display: flex;
    flex-direction: column;
    gap: var(--saldo-space-4);
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
    line-height: 20px;
    font-weight: 600;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: var(--saldo-space-2);
  }
`;
