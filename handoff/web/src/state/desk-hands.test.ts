import { expect, it } from "vitest";
import { type HandKey, Hands } from "./desk-hands.ts";

let now = 0;

function makeHands(): (key: string, changes?: Partial<HandKey>) => boolean {
  const hands = new Hands(() => now);
  return (key, changes) => hands.isCommand({ key, repeat: false, isWriting: false, ...changes });
}

it("takes the rest of a sentence for no command when the field is gone or something else has taken the focus", () => {
  const press = makeHands();
  press("y", { isWriting: true });
  now += 200;
  expect(press("s")).toBe(false);
  now += 1400;
  expect(press("x")).toBe(false);
  now += 1600;
  expect(press("a")).toBe(true);
});

it.each(["Escape", "Tab"])("takes a key for a command at once when the field was left with %s", (key) => {
  const press = makeHands();
  press("y", { isWriting: true });
  press(key, { isWriting: true });
  expect(press("a")).toBe(true);
});

it("does nothing twice because a key is held down", () => {
  expect(makeHands()("a", { repeat: true })).toBe(false);
});
