/** Whether somebody has this page before their eyes: what arrives then is read, anything else is not. */

/** A page that stands on the second screen, while another program is written in, is visible but not read. */
export function isReaderHere(): boolean {
  const { document } = globalThis;
  return document.visibilityState !== "hidden" && document.hasFocus();
}
