/** The few drawings in use; all decorative, a label always stands beside or behind them. */
import { html, type TemplateResult } from "lit";

function icon(path: TemplateResult | string): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 24 24"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d=${path} />
  </svg>`;
}

export const chatIcon = icon("M4 5h16v11H9l-5 4V5zM8 9h8M8 12h5");
export const closeIcon = icon("M6 9l6 6 6-6");
export const crossIcon = icon("M6 6l12 12M18 6L6 18");
export const sendIcon = icon("M12 19V5M6 11l6-6 6 6");
export const personIcon = icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1.2-3.4 4-5 7.5-5s6.3 1.6 7.5 5");
export const downIcon = icon("M12 5v14M6 13l6 6 6-6");
export const warningIcon = icon("M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.2v.1");
export const bellIcon = icon("M6 16V11a6 6 0 1 1 12 0v5l2 2H4l2-2zM10 21h4");
export const textIcon = icon("M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 18h2");
export const phoneIcon = icon("M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1z");
export const clipIcon = icon("M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.3 8.3a1.7 1.7 0 0 1-2.4-2.4L14.5 7.3");
export const templateIcon = icon("M4 5h16v14H4zM4 9h16M8 13h8M8 16h5");
export const gearIcon = icon("M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5");
export const fileIcon = icon("M13 3H6v18h12V8l-5-5zM13 3v5h5");
export const checkIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const copyIcon = icon("M9 9h11v11H9zM5 15H4V4h11v1");
export const menuIcon = icon("M4 7h16M4 12h16M4 17h16");
