import { afterEach, expect, it } from "vitest";
import { signTitle } from "./title-sign.ts";

afterEach(() => {
  document.title = "";
});

it("a number stands before the host's title, once, and goes again", () => {
  document.title = "My bill";
  signTitle(1);
  signTitle(2);
  expect(document.title).toBe("(2) My bill");
  signTitle(0);
  expect(document.title).toBe("My bill");
});

it("a title that the host has changed in the meantime stays the host's", () => {
  document.title = "My bill";
  signTitle(1);
  document.title = "Basket";
  signTitle(1);
  signTitle(0);
  expect(document.title).toBe("Basket");
});
