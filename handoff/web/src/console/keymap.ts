/** Which key does what. One place for the handler and for the list under `?`. Pure. */

export const KEYS = [
  { key: "a", action: "accept" },
  { key: "d", action: "decline" },
  { key: "j", action: "next" },
  { key: "k", action: "previous" },
  { key: "r", action: "reply" },
  { key: "Escape", action: "leave" },
  { key: "c", action: "close" },
  { key: "h", action: "summary" },
  { key: "i", action: "customer" },
  { key: "s", action: "status" },
  { key: "m", action: "sound" },
  { key: "t", action: "tasks" },
  { key: "?", action: "help" },
] as const;

export type DeskAction = (typeof KEYS)[number]["action"];

export type PressedKey = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "isComposing">;

/** While writing, only Escape is a command; with single keys switched off, only Escape and `?` are. */
export function findAction(event: PressedKey, isWriting: boolean, areKeysOn: boolean): DeskAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const found = KEYS.find(({ key }) => key === event.key || key === event.key.toLowerCase());
  if (!found) return null;
  if (found.action === "leave") return "leave";
  if (isWriting || (!areKeysOn && found.action !== "help")) return null;
  return found.action;
}

/**
 * Return whether the element takes text; looks into shadow roots through the event's path. A list does not: an agent who
 * has just chosen a status accepts with A, instead of jumping to the entry that begins with A.
 */
export function isWritingIn(path: readonly EventTarget[]): boolean {
  const [target] = path;
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}
