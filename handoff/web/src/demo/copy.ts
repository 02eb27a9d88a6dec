/** Putting text on the clipboard. */

/** Return whether it worked; a page on a plain address may not use the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
