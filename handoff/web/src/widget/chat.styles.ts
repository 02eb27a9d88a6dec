/**
 * Where the widget stands in the page, and how big it is. Sizes are in pixels: a page may have changed the root font size.
 * A page that shows something at the top of a small screen keeps it free with `--saldo-panel-top`.
 */
import { css } from "lit";

export const chatStyles = css`
  :host {
    all: initial;
    position: fixed;
    inset-block-end: 20px;
    inset-inline-end: 20px;
    z-index: 2147483000;
    color-scheme: light dark;
    font-family: var(--saldo-font);
    color: var(--saldo-text);
  }
  .launcher {
    display: inline-flex;
    align-items: center;
    gap: 10px;
    min-height: 52px;
    padding: 14px 20px 14px 18px;
    border: 0;
    border-radius: 26px;
    background: var(--saldo-accent);
    color: var(--saldo-on-accent);
    box-shadow: var(--saldo-shadow);
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
    transition: background-color var(--saldo-motion);
  }
  .launcher:hover {
    background: var(--saldo-accent-strong);
  }
  saldo-chat-panel {
    width: 400px;
    height: 640px;
    max-height: calc(100vh - 40px - var(--saldo-panel-top, 0px));
    max-height: calc(100dvh - 40px - var(--saldo-panel-top, 0px));
  }
  @media (max-width: 520px) {
    saldo-chat-panel {
      position: fixed;
      inset: var(--saldo-panel-top, 0px) 0 0;
      width: auto;
      height: auto;
      max-height: none;
    }
  }
`;
