/** The columns: three from 1280 px, two with a drawer below, one on a phone. */
import { css } from "lit";

export const consoleStyles = css`
  :host {
    display: block;
    min-height: 100vh;
    background: var(--saldo-ground);
    font-size: 14px;
    line-height: 20px;
  }
  .columns {
    position: relative;
    display: grid;
    grid-template-columns: 280px minmax(0, 1fr) 360px;
    height: 100vh;
    height: 100dvh;
    overflow: hidden;
  }
  nav,
  main,
  aside {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  nav {
    border-inline-end: 1px solid var(--saldo-line);
  }
  saldo-side,
  saldo-thread {
    flex: 1;
  }
  main {
    background: var(--saldo-surface);
  }
  .columns:not(.reading) main {
    grid-column: 2 / -1;
  }
  aside {
    overflow-y: auto;
    border-inline-start: 1px solid var(--saldo-line);
    background: var(--saldo-ground);
  }
  .loading {
    padding: var(--saldo-space-8);
    color: var(--saldo-text-2);
    text-align: center;
  }
  .hide {
    display: none;
    align-self: flex-end;
    margin: var(--saldo-space-2) var(--saldo-space-2) 0;
  }
  @media (max-width: 1279px) {
    .columns {
      grid-template-columns: 280px minmax(0, 1fr);
    }
    aside {
      position: absolute;
      inset-block: 0;
      inset-inline-end: 0;
      z-index: 2;
      width: min(360px, 100%);
      visibility: hidden;
      transform: translateX(100%);
      transition:
        transform var(--saldo-motion),
        visibility var(--saldo-motion);
    }
    aside.open {
      visibility: visible;
      transform: none;
      box-shadow: var(--saldo-shadow);
    }
    .hide {
      display: inline-flex;
    }
  }
  @media (max-width: 799px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns:not(.reading) main,
    .columns.reading nav {
      display: none;
    }
  }
`;
