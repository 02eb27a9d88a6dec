/** The look of the open panel. */
import { css } from "lit";

export const panelStyles = css`
  :host {
    display: flex;
  }
  .panel {
    flex: 1;
    min-width: 0;
    display: flex;
    flex-direction: column;
    overflow: hidden;
    border: 1px solid var(--saldo-line);
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface);
    box-shadow: var(--saldo-shadow);
    font-size: 16px;
    line-height: 24px;
  }
  .header {
    display: flex;
    align-items: center;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3) var(--saldo-space-3) var(--saldo-space-3) var(--saldo-space-4);
    border-bottom: 1px solid var(--saldo-line);
  }
  .who {
    flex: 1;
    min-width: 0;
  }
  h2 {
    overflow: hidden;
    font-size: 16px;
    line-height: 22px;
    font-weight: 650;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .now {
    overflow: hidden;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .face {
    flex: none;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    background: var(--saldo-accent-soft);
    color: var(--saldo-on-accent-soft);
    font-size: 16px;
    line-height: 36px;
    font-weight: 650;
    text-align: center;
  }
  .close {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 36px;
    height: 36px;
    padding: 0;
    border: 0;
    border-radius: var(--saldo-radius-small);
    background: none;
    color: var(--saldo-text-2);
  }
  .close:hover {
    background: var(--saldo-surface-3);
  }
  .person {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 8px 16px;
    border: 0;
    border-bottom: 1px solid var(--saldo-line);
    background: var(--saldo-surface-2);
    color: var(--saldo-accent);
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .person:hover {
    background: var(--saldo-accent-soft);
  }
  .person:focus-visible {
    outline-offset: -2px;
  }
  saldo-transcript {
    flex: 1;
  }
  footer {
    padding: var(--saldo-space-3);
    border-top: 1px solid var(--saldo-line);
  }
  .offline {
    padding: 6px var(--saldo-space-4);
    border-top: 1px solid var(--saldo-line);
    background: var(--saldo-surface-2);
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
  }
  .ended {
    display: grid;
    gap: var(--saldo-space-3);
    text-align: center;
  }
  .ended saldo-composer {
    text-align: start;
  }
  .reopen {
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
  }
  .connecting {
    margin: auto;
    font-size: 14px;
    color: var(--saldo-text-2);
  }
  @media (max-width: 520px) {
    .panel {
      border: 0;
      border-radius: 0;
    }
    footer {
      padding-bottom: max(var(--saldo-space-3), env(safe-area-inset-bottom));
    }
  }
`;
