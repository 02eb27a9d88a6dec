/** The look of the waiting card: quiet, one accent, buttons that a thumb can hit. */
import { css } from "lit";

export const waitingStyles = css`
  .card {
    display: grid;
    gap: var(--saldo-space-2);
    border-color: transparent;
    background: var(--saldo-accent-soft);
    color: var(--saldo-on-accent-soft);
  }
  .place {
    font-size: 15px;
    line-height: 22px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .small {
    color: inherit;
  }
  .hint {
    margin-top: -8px;
  }
  .choice {
    display: grid;
    gap: var(--saldo-space-2);
    margin-top: var(--saldo-space-1);
    padding-top: var(--saldo-space-3);
    border-top: 1px solid color-mix(in srgb, var(--saldo-on-accent-soft) 25%, transparent);
  }
  .when {
    display: grid;
    gap: 4px;
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
  }
  select {
    width: 100%;
    min-height: 40px;
    padding: 8px;
    border: 1px solid var(--saldo-line-strong);
    border-radius: var(--saldo-radius-small);
    background: var(--saldo-surface);
    color: var(--saldo-text);
    font-size: 14px;
    font-weight: 400;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: var(--saldo-space-2);
  }
  .ways .button {
    flex: 1 1 140px;
    min-height: 44px;
    font-size: 14px;
    line-height: 20px;
  }
  .quiet {
    background: var(--saldo-surface);
  }
  .link {
    justify-self: start;
    min-height: 32px;
    font-size: 14px;
    line-height: 20px;
    color: inherit;
    text-align: start;
  }
`;
