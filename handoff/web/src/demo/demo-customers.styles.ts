/** The look of the panel with the six customers. */
import { css } from "lit";

export const demoCustomersStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  p,
  ol {
    margin: 0;
    padding: 0;
  }
  :focus-visible {
    outline: 3px solid var(--nn-violet);
    outline-offset: 2px;
  }
  section {
    padding-block: 32px;
    border-bottom: 1px solid var(--nn-line);
    background: var(--nn-band);
  }
  .inner {
    max-width: 1080px;
    margin: 0 auto;
    margin-inline-start: max(var(--nn-shift, 0px), calc((100% - 1080px) / 2));
    padding-inline: 24px;
    font-size: 16px;
    line-height: 24px;
  }
  h2 {
    font-size: 20px;
    line-height: 28px;
  }
  .lead,
  .small {
    color: var(--nn-text-2);
  }
  ol {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
    gap: 8px 24px;
    margin: 16px 0 20px;
    list-style: none;
    counter-reset: step;
    font-size: 15px;
    line-height: 22px;
  }
  li {
    display: grid;
    grid-template-columns: 26px 1fr;
    counter-increment: step;
  }
  li::before {
    content: counter(step);
    color: var(--nn-violet);
    font-weight: 700;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    background: var(--nn-surface);
    font-size: 15px;
    line-height: 22px;
  }
  th,
  td {
    padding: 10px 14px;
    border-bottom: 1px solid var(--nn-line);
    text-align: start;
    vertical-align: top;
  }
  thead th {
    color: var(--nn-text-2);
    font-size: 14px;
    font-weight: 600;
  }
  .small {
    display: block;
    font-size: 14px;
    line-height: 20px;
    font-weight: 400;
  }
  .number {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
    padding: 4px 10px;
    border: 1px solid var(--nn-line-strong);
    border-radius: 4px;
    background: none;
    color: var(--nn-violet);
    font: inherit;
    font-weight: 700;
    font-variant-numeric: tabular-nums;
    cursor: pointer;
  }
  .number svg {
    width: 16px;
    height: 16px;
  }
  .number:hover {
    background: var(--nn-band);
  }
  .console {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    margin-top: 16px;
  }
  a {
    color: var(--nn-violet);
    font-weight: 700;
    text-underline-offset: 3px;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  @media (max-width: 760px) {
    .inner {
      padding-inline: 16px;
    }
    thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tr {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 2px 12px;
      padding: 12px 14px;
      border-bottom: 1px solid var(--nn-line);
    }
    tbody th,
    td {
      padding: 0;
      border: 0;
    }
    td:nth-child(n + 3) {
      grid-column: 1 / -1;
    }
    .question {
      color: var(--nn-text-2);
    }
  }
`;
