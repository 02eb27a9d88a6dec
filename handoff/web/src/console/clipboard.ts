/** Puts a text where it can be pasted from. A page on a plain address has no clipboard of its own: there the old way serves. */
export async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard) {
    await clipboard.writeText(text);
    return;
  }
  const put = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  };
  document.addEventListener("copy", put, { once: true });
  // Deprecated, and the only way without a secure address.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand("copy");
  document.removeEventListener("copy", put);
}
