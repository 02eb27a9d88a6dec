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
