/** The look of the demo page. */
import { css } from "lit";

export const demoPageStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-size: 17px;
    line-height: 26px;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
  }
  :focus-visible {
    outline: 3px solid var(--nn-violet);
    outline-offset: 2px;
  }
  header,
  .inner {
    max-width: 1080px;
    margin: 0 auto;
    padding-inline: 24px;
  }
  .inner {
    margin-inline-start: max(var(--nn-shift, 0px), calc((100% - 1080px) / 2));
  }
  @media (min-width: 1100px) {
    /* The open phone stands beside the text, not on it. */
    main:has(+ saldo-demo-phone[open]) {
      --nn-shift: 300px;
    }
  }
  header {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: 16px;
    padding-block: 14px;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 12px;
    line-height: 20px;
  }
  .brand b {
    display: block;
    font-family: var(--nn-serif);
    font-size: 20px;
    line-height: 24px;
  }
  .claim {
    font-size: 14px;
    color: var(--nn-text-2);
  }
  .sky {
    fill: #1c1b45;
  }
  .light {
    fill: none;
    stroke: #7be0b8;
    stroke-width: 3;
    stroke-linecap: round;
  }
  select {
    min-height: 40px;
    padding: 6px 10px;
    border: 1px solid var(--nn-line-strong);
    border-radius: 4px;
    background: var(--nn-surface);
    color: inherit;
    font: inherit;
    font-size: 15px;
  }
  .hero {
    position: relative;
    overflow: hidden;
    padding-block: 56px 64px;
    background: var(--nn-night);
    color: #ffffff;
  }
  .hero .inner {
    position: relative;
  }
  .hero::after {
    content: "";
    position: absolute;
    inset: 0;
    background: linear-gradient(90deg, var(--nn-night) 30%, transparent 75%);
  }
  .hero .inner {
    z-index: 1;
  }
  .aurora {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .aurora .hill {
    fill: #0c0c24;
  }
  h1 {
    font-family: var(--nn-serif);
    font-size: clamp(36px, 6vw, 52px);
    line-height: 1.15;
    font-weight: 600;
  }
  .lead {
    max-width: 30em;
    margin: 12px 0 24px;
    font-size: 19px;
    line-height: 28px;
  }
  .hero button {
    min-height: 48px;
    padding: 10px 22px;
    border: 0;
    border-radius: 4px;
    background: #ffffff;
    color: #1c1b45;
    font: inherit;
    font-weight: 700;
    cursor: pointer;
  }
  .hero button:hover {
    background: #d9f7ea;
  }
  .hero button:focus-visible {
    outline-color: #ffffff;
  }
  section.inner {
    padding-block: 48px 8px;
  }
  section.inner:last-of-type {
    padding-bottom: 160px;
  }
  h2 {
    margin-bottom: 20px;
    font-family: var(--nn-serif);
    font-size: 28px;
    line-height: 36px;
    font-weight: 600;
  }
  .bill {
    max-width: 680px;
    padding: 8px 24px 20px;
    border-top: 4px solid var(--nn-violet);
    background: var(--nn-surface);
    box-shadow: 0 1px 0 var(--nn-line);
  }
  .line {
    display: flex;
    justify-content: space-between;
    gap: 24px;
    padding: 12px 0;
    border-bottom: 1px solid var(--nn-line);
  }
  .what span {
    display: block;
    font-size: 15px;
    line-height: 22px;
    color: var(--nn-text-2);
  }
  .money {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .total .money {
    font-weight: 700;
    font-size: 20px;
  }
  .note {
    padding-top: 12px;
    font-size: 15px;
    line-height: 22px;
    color: var(--nn-text-2);
  }
  .answers {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
    gap: 16px 40px;
  }
  h3 {
    margin-bottom: 6px;
    font-size: 18px;
    line-height: 26px;
  }
  article p {
    font-size: 16px;
    line-height: 25px;
    color: var(--nn-text-2);
  }
  @media (max-width: 520px) {
    header,
    .inner {
      padding-inline: 16px;
    }
    .hero {
      padding-block: 40px 48px;
    }
    .hero::after {
      background: linear-gradient(90deg, var(--nn-night) 10%, transparent 160%);
    }
    .bill {
      padding-inline: 16px;
    }
  }
`;
