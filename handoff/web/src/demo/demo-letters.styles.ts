/** The look of the demo's letters. */
import { css } from "lit";

export const demoLettersStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  p,
  ul {
    margin: 0;
    padding: 0;
  }
  :focus-visible {
    outline: 3px solid var(--nn-violet);
    outline-offset: 2px;
  }
  section {
    max-width: 1080px;
    margin: 0 auto;
    margin-inline-start: max(var(--nn-shift, 0px), calc((100% - 1080px) / 2));
    padding: 32px 24px 0;
    font-size: 16px;
    line-height: 24px;
  }
  h2 {
    font-size: 20px;
    line-height: 28px;
  }
  ul {
    margin-top: 12px;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    column-gap: 16px;
    padding-block: 8px;
    border-bottom: 1px solid var(--nn-line);
    overflow-wrap: anywhere;
  }
  .subject {
    font-weight: 600;
  }
  .small {
    grid-row: 2;
    color: var(--nn-text-2);
    font-size: 14px;
  }
  a {
    grid-row: 1 / 3;
    grid-column: 2;
    padding: 10px 8px;
    color: var(--nn-violet);
    font-weight: 700;
  }
`;
