import { afterEach, expect, it, vi } from "vitest";
import { sharedLocale } from "../i18n/locale.ts";
import { ChatStore } from "../state/chat-store.ts";
import { MemoryStore } from "../state/storage.ts";
import { makeConversation } from "../testing/factories.ts";
import "./saldo-chat-panel.ts";
import type { SaldoChatPanel } from "./saldo-chat-panel.ts";

function makeStore(): ChatStore {
  return new ChatStore({ origin: "https://saldo.example", language: "en", store: new MemoryStore(), open: vi.fn() });
}

async function draw(store: ChatStore): Promise<SaldoChatPanel> {
  const element = Object.assign(document.createElement("saldo-chat-panel"), { store, locale: sharedLocale("en") });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

it("nothing counts as read while the customer is in another window, and all of it when they are back", async () => {
  const hasFocus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
  const store = makeStore();
  const markSeen = vi.spyOn(store, "markSeen");
  await draw(store);
  expect(markSeen).not.toHaveBeenCalled();

  hasFocus.mockReturnValue(true);
  window.dispatchEvent(new Event("focus"));
  expect(markSeen).toHaveBeenCalledOnce();
});

it("a dropped file does not take the place of the page, whoever is there", async () => {
  const store = makeStore();
  const panel = (await draw(store)).shadowRoot!.querySelector("[data-testid=panel]")!;
  const add = vi.spyOn(store.files, "add").mockReturnValue();
  const drop = (): boolean => {
    const event = new Event("drop", { cancelable: true });
    const files = [new File(["x"], "meter.png", { type: "image/png" })];
    panel.dispatchEvent(Object.assign(event, { dataTransfer: { files, types: ["Files"] } }));
    return event.defaultPrevented;
  };
  expect(drop()).toBe(true);
  expect(add).not.toHaveBeenCalled();

  store.conversation = makeConversation({ status: "active" });
  expect(drop()).toBe(true);
  expect(add).toHaveBeenCalledOnce();
});

it.each([
  ["goes on when the customer writes within the hours", "2026-11-23T12:00:00Z", true],
  ["is followed by a new one after them", "2026-11-20T12:00:00Z", false],
])("an ended conversation %s", async (_what, until, canWrite) => {
  vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-22T12:00:00Z"));
  const store = makeStore();
  store.conversation = makeConversation({ status: "closed", reopens_until: until });
  const root = (await draw(store)).shadowRoot!;
  expect(root.querySelector("saldo-composer") !== null).toBe(canWrite);
  expect(root.querySelector("[data-testid=reopen-hint]") !== null).toBe(canWrite);
  expect(root.querySelector("[data-testid=start-anew]")).not.toBeNull();
});
