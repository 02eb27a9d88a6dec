import { describe, expect, it } from "vitest";
import { desk } from "../i18n/desk/en.ts";
import { findAction, isWritingIn, KEYS, type PressedKey } from "./keymap.ts";

function press(key: string, changes: Partial<PressedKey> = {}): PressedKey {
  return { key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...changes };
}

describe("the keys", () => {
  it("accept with A, whether large or small", () => {
    expect(findAction(press("a"), false, true)).toBe("accept");
    expect(findAction(press("A"), false, true)).toBe("accept");
  });

  it("are letters while the agent writes, all but Escape", () => {
    const actions = KEYS.map(({ key }) => findAction(press(key), true, true)).filter((action) => action !== null);
    expect(actions).toEqual(["leave"]);
  });

  it("leave the browser's own combinations alone", () => {
    expect(findAction(press("r", { ctrlKey: true }), false, true)).toBeNull();
    expect(findAction(press("c", { metaKey: true }), false, true)).toBeNull();
  });

  it("can be switched off, and the list is still there to switch them on", () => {
    expect(findAction(press("a"), false, false)).toBeNull();
    expect(findAction(press("?"), false, false)).toBe("help");
  });

  it("are all different and all explained", () => {
    expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
    for (const { action } of KEYS) expect(desk).toHaveProperty(`key_${action}`);
  });

  it("know a field when they see one", () => {
    const checkbox = document.createElement("input");
    checkbox.type = "checkbox";
    expect(isWritingIn([document.createElement("textarea")])).toBe(true);
    expect(isWritingIn([document.createElement("select")])).toBe(false);
    expect(isWritingIn([checkbox])).toBe(false);
    expect(isWritingIn([document.createElement("button")])).toBe(false);
  });
});
