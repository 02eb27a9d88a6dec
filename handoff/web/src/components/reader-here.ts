/** Whether somebody looks at the page: a visible page beside the one that is used is read by nobody. */

const LOOKS = ["focus", "blur"] as const;

export function isReaderHere(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Call `listener` whenever the reader comes or goes; the returned function ends that. */
export function watchReader(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  for (const name of LOOKS) window.addEventListener(name, listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
    for (const name of LOOKS) window.removeEventListener(name, listener);
  };
}
