/** What every element shares: box model, buttons, focus ring, text for screen readers only. */
import { css } from "lit";

export const baseStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    font-family: var(--saldo-font);
    color: var(--saldo-text);
  }
  :host([hidden]) {
    display: none;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    cursor: pointer;
    touch-action: manipulation;
  }
  button:disabled {
    cursor: default;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  :focus-visible {
    outline: 2px solid var(--saldo-focus);
    outline-offset: 2px;
  }
  .money {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const buttonStyles = css`
  .button {
    min-height: 40px;
    padding: 8px 16px;
    border: 1px solid transparent;
    border-radius: var(--saldo-radius-small);
    font-weight: 600;
    transition: background-color var(--saldo-motion);
  }
  .primary {
    background: var(--saldo-accent);
    color: var(--saldo-on-accent);
  }
  .primary:hover:not(:disabled) {
    background: var(--saldo-accent-strong);
  }
  .quiet {
    background: transparent;
    color: var(--saldo-accent);
    border-color: var(--saldo-line-strong);
  }
  .quiet:hover:not(:disabled) {
    background: var(--saldo-accent-soft);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--saldo-accent);
    font-weight: 600;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .button:disabled {
    opacity: 0.55;
  }
`;

export const cardStyles = css`
  .card {
    padding: var(--saldo-space-4);
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
  }
  .card h3 {
    font-size: 15px;
    line-height: 20px;
    font-weight: 650;
  }
  .card table {
    width: 100%;
    border-collapse: collapse;
  }
  .card th {
    font-weight: 400;
    text-align: start;
  }
  .card td,
  .card th {
    padding: 0;
    vertical-align: top;
  }
  .card td {
    text-align: end;
  }
  .small {
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
  }
`;
