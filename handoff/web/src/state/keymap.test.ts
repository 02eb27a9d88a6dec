import { describe, expect, it } from "vitest";
import { deskLocale } from "../i18n/desk-locale.ts";
import { DEFAULTS, findAction, isWritingIn, KEYS, type PressedKey, readBindings, rebind } from "./keymap.ts";

const DESK = { isWriting: false, areKeysOn: true };

function press(key: string, changes: Partial<PressedKey> = {}): PressedKey {
  return { key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...changes };
}

describe("the keys", () => {
  it("accept with A, whether large or small", () => {
    expect(findAction(press("a"), DEFAULTS, DESK)).toBe("accept");
    expect(findAction(press("A"), DEFAULTS, DESK)).toBe("accept");
  });

  it("are letters while the agent writes, all but Escape", () => {
    const actions = KEYS.map(({ key }) => findAction(press(key), DEFAULTS, { ...DESK, isWriting: true }));
    expect(actions.filter((action) => action !== null)).toEqual(["leave"]);
  });

  it("leave the browser's own combinations alone", () => {
    expect(findAction(press("r", { ctrlKey: true }), DEFAULTS, DESK)).toBeNull();
    expect(findAction(press("c", { metaKey: true }), DEFAULTS, DESK)).toBeNull();
  });

  it("can be switched off, every letter and sign of them", () => {
    const actions = KEYS.map(({ key }) => findAction(press(key), DEFAULTS, { ...DESK, areKeysOn: false }));
    expect(actions.filter((action) => action !== null)).toEqual(["leave"]);
  });

  it("are all different and all explained", () => {
    expect(KEYS.length).toBeGreaterThanOrEqual(14);
    expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
    for (const { action } of KEYS) expect(deskLocale("en").has(`key_${action}`), action).toBe(true);
  });

  it("know a field when they see one", () => {
    const input = (type: string): HTMLInputElement => Object.assign(document.createElement("input"), { type });
    expect(isWritingIn([document.createElement("textarea")])).toBe(true);
    expect(isWritingIn([input("text")])).toBe(true);
    expect(isWritingIn([document.createElement("select")])).toBe(false);
    expect(isWritingIn([input("checkbox")])).toBe(false);
    expect(isWritingIn([input("radio")])).toBe(false);
    expect(isWritingIn([document.createElement("button")])).toBe(false);
  });
});

describe("another key", () => {
  it("does the action, and the old one does nothing any more", () => {
    const rebound = rebind(DEFAULTS, "accept", "Y");
    if (!("bindings" in rebound)) throw new Error("the key was free");
    expect(findAction(press("y"), rebound.bindings, DESK)).toBe("accept");
    expect(findAction(press("a"), rebound.bindings, DESK)).toBeNull();
  });

  it("is refused with the name of what it does already", () => {
    expect(rebind(DEFAULTS, "accept", "n")).toEqual({ takenBy: "note" });
  });

  it("is one visible sign: nothing that moves the focus or scrolls", () => {
    for (const key of ["Tab", "Enter", " ", "F5", "ArrowDown"]) expect(rebind(DEFAULTS, "accept", key)).toEqual({ isUnusable: true });
  });

  it("survives a reload, also when two actions have exchanged theirs", () => {
    const stored = { ...DEFAULTS, accept: "x", decline: "a" };
    const read = readBindings(JSON.parse(JSON.stringify(stored)));
    expect(read).toEqual(stored);
  });

  it("is not lost to nonsense in the store", () => {
    expect(readBindings(null)).toEqual(DEFAULTS);
    expect(readBindings({ accept: 5, note: "a", nobody: "z", leave: "a" })).toEqual(DEFAULTS);
  });
});
