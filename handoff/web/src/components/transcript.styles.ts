/** The look of message groups; own messages stand on the right. */
import { css } from "lit";

export const transcriptStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .scroll {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--saldo-space-4);
  }
  .content {
    display: flex;
    flex-direction: column;
    gap: var(--saldo-space-4);
    min-height: 100%;
    justify-content: flex-end;
  }
  .day {
    align-self: center;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-3);
  }
  .group {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: var(--saldo-space-1);
  }
  .group.own {
    align-items: flex-end;
  }
  .group.system {
    align-items: stretch;
  }
  .meta {
    display: flex;
    gap: 6px;
    padding: 0 2px;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-3);
    font-variant-numeric: tabular-nums;
  }
  .meta b {
    color: var(--saldo-text-2);
    font-weight: 600;
  }
  .line {
    display: flex;
    flex-direction: column;
    gap: var(--saldo-space-2);
    max-width: min(88%, 600px);
  }
  .own .line {
    align-items: flex-end;
  }
  .line.wide,
  .system .line {
    width: 100%;
    max-width: 100%;
  }
  .wide > :not(.bubble, .state, .answers) {
    width: 100%;
    max-width: 420px;
  }
  .wide .bubble {
    max-width: min(88%, 600px);
  }
  .bubble {
    align-self: flex-start;
    padding: 9px 13px;
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface-3);
    font-size: var(--saldo-message-size, 16px);
    line-height: var(--saldo-message-leading, 24px);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .group:not(.own) .line:first-of-type .bubble {
    border-start-start-radius: 3px;
  }
  .own .bubble {
    align-self: flex-end;
    background: var(--saldo-own);
    color: var(--saldo-on-own);
  }
  .own .line:last-of-type .bubble {
    border-end-end-radius: 3px;
  }
  .own.bot .bubble {
    background: var(--saldo-accent-soft);
    color: var(--saldo-on-accent-soft);
  }
  .sending .bubble {
    opacity: 0.86;
  }
  .failed .bubble {
    border: 1px solid var(--saldo-critical);
    background: var(--saldo-critical-soft);
    color: var(--saldo-text);
  }
  .system .bubble {
    align-self: center;
    padding: 0 var(--saldo-space-3);
    background: none;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
    text-align: center;
  }
  .state {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: flex-end;
    gap: 4px 12px;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-3);
  }
  .failed .state,
  .state.undelivered {
    color: var(--saldo-critical);
  }
  .state .link {
    min-height: 24px;
    font-size: 13px;
    line-height: 18px;
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: var(--saldo-space-2);
  }
  .answers .button {
    padding: 6px 14px;
    border-color: var(--saldo-accent);
    border-radius: 20px;
    background: var(--saldo-surface);
    font-size: 15px;
    line-height: 22px;
    text-align: start;
  }
  .answers .button:hover {
    background: var(--saldo-accent-soft);
  }
  .typing {
    display: flex;
    align-items: center;
    gap: 8px;
    font-size: 13px;
    line-height: 18px;
    color: var(--saldo-text-2);
  }
  .dots {
    display: inline-flex;
    gap: 4px;
    padding: 10px 12px;
    border-radius: var(--saldo-radius);
    background: var(--saldo-surface-3);
  }
  .dots i {
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: var(--saldo-text-3);
  }
  @media (prefers-reduced-motion: no-preference) {
    .dots i {
      animation: breathe 1.2s infinite;
    }
    .dots i:nth-child(2) {
      animation-delay: 0.15s;
    }
    .dots i:nth-child(3) {
      animation-delay: 0.3s;
    }
  }
  @keyframes breathe {
    50% {
      opacity: 0.3;
    }
  }
  .below {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 36px;
    padding: 4px 16px;
    border: 0;
    border-top: 1px solid var(--saldo-line);
    background: var(--saldo-surface-2);
    color: var(--saldo-accent);
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .below svg {
    width: 16px;
    height: 16px;
  }
  .below:focus-visible {
    outline-offset: -2px;
  }
`;
