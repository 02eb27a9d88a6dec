/** The look of the middle column. */
import { css } from "lit";

export const threadStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--saldo-surface);
    font-size: 14px;
    line-height: 20px;
    --saldo-message-size: 14px;
    --saldo-message-leading: 20px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--saldo-space-2) var(--saldo-space-3);
    padding: var(--saldo-space-3) var(--saldo-space-4);
    border-bottom: 1px solid var(--saldo-line);
  }
  .who {
    flex: 1;
    min-width: 120px;
  }
  h2 {
    font-size: 16px;
    line-height: 22px;
    font-weight: 650;
  }
  .facts {
    color: var(--saldo-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .question {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--saldo-space-2);
    padding: var(--saldo-space-3) var(--saldo-space-4);
    border-bottom: 1px solid var(--saldo-line);
    background: var(--saldo-warning-soft);
    color: var(--saldo-warning);
  }
  .question p {
    flex: 1;
    min-width: 180px;
    font-weight: 600;
  }
  .question .quiet {
    background: var(--saldo-surface);
  }
  saldo-transcript {
    flex: 1;
  }
  footer {
    padding: var(--saldo-space-3) var(--saldo-space-4);
    border-top: 1px solid var(--saldo-line);
  }
  .ended,
  .loading {
    padding: var(--saldo-space-4);
    color: var(--saldo-text-2);
    text-align: center;
  }
  .back {
    display: none;
  }
  @media (min-width: 1280px) {
    .details {
      display: none;
    }
  }
  @media (max-width: 799px) {
    .back {
      display: inline-flex;
      flex-basis: 100%;
    }
    header .button {
      flex: 1;
    }
  }
`;
