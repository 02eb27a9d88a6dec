/** Which key does what. One place for the handler, for the list under `?` and for changing them. Pure. */

/** The keys as they come; Escape alone cannot be changed, for it is the way out of everything. */
export const KEYS = [
  { key: "a", action: "accept" },
  { key: "x", action: "decline" },
  { key: "j", action: "next" },
  { key: "k", action: "previous" },
  { key: "r", action: "reply" },
  { key: "n", action: "note" },
  { key: "/", action: "canned" },
  { key: "u", action: "attach" },
  { key: "t", action: "transfer" },
  { key: "b", action: "bot" },
  { key: "c", action: "close" },
  { key: "d", action: "done" },
  { key: "h", action: "summary" },
  { key: "i", action: "customer" },
  { key: "1", action: "bill" },
  { key: "2", action: "contract" },
  { key: "3", action: "actions" },
  { key: "4", action: "history" },
  { key: "w", action: "waiting" },
  { key: "l", action: "tasks" },
  { key: "v", action: "approvals" },
  { key: "s", action: "status" },
  { key: "m", action: "sound" },
  { key: "q", action: "mute" },
  { key: "g", action: "board" },
  { key: ",", action: "settings" },
  { key: "?", action: "help" },
  { key: "Escape", action: "leave" },
] as const;

export type DeskAction = (typeof KEYS)[number]["action"];
export type Bindings = Readonly<Record<DeskAction, string>>;

export const DEFAULTS: Bindings = Object.fromEntries(KEYS.map(({ key, action }) => [action, key])) as Record<DeskAction, string>;

export type PressedKey = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "isComposing">;

/** While writing, or with single keys switched off, Escape alone is a command. */
export function findAction(event: PressedKey, bindings: Bindings, mode: { isWriting: boolean; areKeysOn: boolean }): DeskAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  if (event.key === bindings.leave) return "leave";
  if (mode.isWriting || !mode.areKeysOn) return null;
  return ownerOf(bindings, event.key);
}

function ownerOf(bindings: Bindings, key: string): DeskAction | null {
  const wanted = key.toLowerCase();
  return KEYS.find(({ action }) => bindings[action] === key || bindings[action] === wanted)?.action ?? null;
}

export type Rebound = { bindings: Bindings } | { takenBy: DeskAction } | { isUnusable: true };

/** Give an action another key; a key that does something already keeps doing that. */
export function rebind(bindings: Bindings, action: DeskAction, key: string): Rebound {
  if (!isUsable(key)) return { isUnusable: true };
  const wanted = key.toLowerCase();
  const owner = ownerOf(bindings, wanted);
  if (owner !== null && owner !== action) return { takenBy: owner };
  return { bindings: { ...bindings, [action]: wanted } };
}

/** Return stored bindings; nonsense, or a key that would do two things, leaves all keys as they come. */
export function readBindings(stored: unknown): Bindings {
  if (typeof stored !== "object" || stored === null) return DEFAULTS;
  const own = Object.entries(stored).filter(([action, key]) => action in DEFAULTS && isUsable(key));
  const bindings: Bindings = { ...DEFAULTS, ...Object.fromEntries(own), leave: DEFAULTS.leave };
  return new Set(Object.values(bindings)).size === KEYS.length ? bindings : DEFAULTS;
}

function isUsable(key: unknown): boolean {
  return typeof key === "string" && Array.from(key).length === 1 && key.trim() !== "";
}

/** How a key is written on its cap. */
export function capOf(key: string): string {
  return key === "Escape" ? "Esc" : key.toUpperCase();
}

const PRESSED_TYPES: ReadonlySet<string> = new Set(["checkbox", "radio", "button", "submit", "reset", "file"]);

/**
 * Return whether the element takes text; looks into shadow roots through the event's path. A list does not: an agent who
 * has just chosen a status accepts with A, instead of jumping to the entry that begins with A.
 */
export function isWritingIn(path: readonly EventTarget[]): boolean {
  const [target] = path;
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !PRESSED_TYPES.has(target.type));
}
