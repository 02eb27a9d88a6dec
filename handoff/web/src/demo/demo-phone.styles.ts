/** The look of the demo phone: a corner of the page, above everything on a small screen. */
import { css } from "lit";

export const demoPhoneStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  p {
    margin: 0;
    padding: 0;
  }
  :focus-visible {
    outline: 3px solid #b9a8ff;
    outline-offset: 2px;
  }
  .tab {
    position: fixed;
    inset-block-end: 20px;
    inset-inline-start: 20px;
    z-index: 5;
    min-height: 44px;
    padding: 8px 18px;
    border: 2px solid #3a3968;
    border-radius: 14px;
    background: #17163a;
    color: #ffffff;
    font: 600 15px/22px var(--nn-sans);
    cursor: pointer;
  }
  .phone {
    position: fixed;
    inset-block-end: 20px;
    inset-inline-start: 20px;
    z-index: 5;
    display: flex;
    flex-direction: column;
    width: 268px;
    height: min(440px, calc(100vh - 40px));
    padding: 10px;
    border: 2px solid #3a3968;
    border-radius: 32px;
    background: #17163a;
    color: #ffffff;
    box-shadow: 0 12px 36px rgb(12 12 36 / 40%);
    font: 400 15px/21px var(--nn-sans);
  }
  header {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: 2px 4px 8px 12px;
  }
  h2 {
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .hide {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 32px;
    height: 32px;
    padding: 0;
    border: 0;
    border-radius: 16px;
    background: none;
    color: inherit;
    cursor: pointer;
  }
  .screen {
    flex: 1;
    display: flex;
    flex-direction: column;
    gap: 12px;
    overflow-y: auto;
    padding: 14px 12px;
    border-radius: 22px;
    background: light-dark(#f4f3fa, #24234a);
    color: var(--nn-text);
  }
  .empty,
  .to,
  time {
    color: var(--nn-text-2);
    font-size: 13px;
    line-height: 18px;
  }
  .body {
    margin-top: 4px;
    padding: 8px 12px;
    border-radius: 14px 14px 14px 4px;
    background: var(--nn-surface);
    overflow-wrap: anywhere;
  }
  .foot {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: 8px;
    padding: 4px 2px 0;
  }
  .copy {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 28px;
    padding: 2px 6px;
    border: 0;
    background: none;
    color: var(--nn-violet);
    font: inherit;
    font-size: 13px;
    font-weight: 700;
    cursor: pointer;
  }
  .copy svg {
    width: 15px;
    height: 15px;
  }
  @media (max-width: 760px) {
    /* The chat fills a small screen: a message shows itself above it, and the chat makes room. */
    .phone {
      inset-block: 8px auto;
      inset-inline: 8px;
      z-index: 2147483600;
      width: auto;
      height: auto;
      max-height: 30vh;
      padding: 6px;
      border-radius: 18px;
    }
    .screen {
      border-radius: 12px;
      padding: 10px 12px;
    }
    article:not(:last-child) {
      display: none;
    }
    .tab {
      inset-block-end: 88px;
      inset-inline-start: 16px;
      padding-inline: 14px;
    }
  }
`;
