/** The look of the field for replies and notes. */
import { css } from "lit";

const textBox = css`
  margin: 0;
  padding: 8px 10px;
  border: 0;
  font: inherit;
  font-size: 14px;
  line-height: 20px;
  letter-spacing: normal;
  white-space: pre-wrap;
  overflow-wrap: break-word;
`;

export const replyBoxStyles = css`
  :host {
    position: relative;
    display: block;
    font-size: 14px;
    line-height: 20px;
  }
  .box {
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
  }
  .box:focus-within {
    border-color: var(--saldo-focus);
    box-shadow: 0 0 0 1px var(--saldo-focus);
  }
  .box.note {
    border-color: var(--saldo-note-line);
    background: var(--saldo-note);
    color: var(--saldo-on-note);
  }
  .modes,
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--saldo-space-1);
    padding: 4px;
  }
  .modes button[aria-pressed="true"] {
    background: var(--saldo-accent-soft);
    color: var(--saldo-on-accent-soft);
    font-weight: 600;
  }
  .note .modes button[aria-pressed="true"] {
    background: var(--saldo-on-note);
    color: var(--saldo-note);
  }
  .note .plain:not([aria-pressed="true"]) {
    color: inherit;
  }
  .field {
    position: relative;
  }
  textarea {
    ${textBox}
    position: relative;
    display: block;
    width: 100%;
    height: 56px;
    max-height: 176px;
    resize: none;
    background: transparent;
    color: inherit;
  }
  textarea:focus-visible {
    outline: 0;
  }
  textarea::placeholder {
    color: inherit;
    opacity: 0.82;
  }
  .mirror {
    ${textBox}
    position: absolute;
    inset: 0;
    overflow: hidden;
    color: transparent;
  }
  mark {
    border-radius: 3px;
    background: var(--saldo-warning-soft);
    box-shadow: 0 0 0 1px var(--saldo-warning);
    color: transparent;
  }
  .tools .send {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    margin-inline-start: auto;
  }
  svg {
    width: 18px;
    height: 18px;
  }
  .hint {
    padding: 4px 4px 0;
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
    font-variant-numeric: tabular-nums;
  }
  .hint.open {
    color: var(--saldo-warning);
    font-weight: 600;
  }
  .hint.over {
    color: var(--saldo-critical);
    font-weight: 600;
  }
  .templates {
    position: absolute;
    inset-block-end: calc(100% + 6px);
    inset-inline: 0;
    z-index: 2;
    max-height: 300px;
    overflow-y: auto;
    padding: var(--saldo-space-1);
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    color: var(--saldo-text);
    box-shadow: var(--saldo-shadow);
  }
  .templates p {
    padding: 4px 10px;
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  [role="option"] {
    padding: 6px 10px;
    border-radius: var(--saldo-radius-small);
    cursor: pointer;
  }
  [role="option"][aria-selected="true"] {
    background: var(--saldo-accent-soft);
    color: var(--saldo-on-accent-soft);
  }
  [role="option"] span {
    display: block;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
    font-size: 13px;
    line-height: 18px;
  }
`;
