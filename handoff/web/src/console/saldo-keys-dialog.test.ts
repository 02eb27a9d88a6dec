import { afterEach, expect, it } from "vitest";
import { deskLocale } from "../i18n/desk-locale.ts";
import { DeskSettings } from "../state/desk-settings.ts";
import { KEYS } from "../state/keymap.ts";
import { MemoryStore } from "../state/storage.ts";
import "./saldo-keys-dialog.ts";
import type { SaldoKeysDialog } from "./saldo-keys-dialog.ts";

afterEach(() => {
  document.body.replaceChildren();
});

async function open(store = new MemoryStore()): Promise<{ dialog: SaldoKeysDialog; settings: DeskSettings; give(action: string, key: string): Promise<void> }> {
  const settings = new DeskSettings(store);
  const dialog = document.createElement("saldo-keys-dialog");
  dialog.settings = settings;
  dialog.locale = deskLocale("en");
  document.body.append(dialog);
  await dialog.updateComplete;
  dialog.show();
  const give = async (action: string, key: string): Promise<void> => {
    const button = dialog.shadowRoot?.querySelector<HTMLElement>(`[data-action=${action}] button`);
    button?.click();
    await dialog.updateComplete;
    button?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
    await dialog.updateComplete;
  };
  return { dialog, settings, give };
}

it("lists every action with its key", async () => {
  const { dialog } = await open();
  expect(dialog.shadowRoot?.querySelectorAll("[data-testid=key]")).toHaveLength(KEYS.length);
});

it("gives an action another key, which outlives a reload", async () => {
  const store = new MemoryStore();
  const { give } = await open(store);
  await give("accept", "y");
  expect(new DeskSettings(store).bindings.accept).toBe("y");
});

it("says what a key does already, and changes nothing", async () => {
  const { dialog, settings, give } = await open();
  await give("accept", "n");
  expect(dialog.shadowRoot?.querySelector("[data-testid=key-trouble]")?.textContent).toBe("N is already used: Write a note");
  expect(settings.bindings.accept).toBe("a");
});

it("switches single keys off and brings the original keys back", async () => {
  const { dialog, settings, give } = await open();
  await give("accept", "y");
  dialog.shadowRoot?.querySelector<HTMLElement>("[data-testid=keys-reset]")?.click();
  expect(settings.bindings.accept).toBe("a");
  dialog.shadowRoot?.querySelector<HTMLElement>("[data-testid=keys-enabled]")?.click();
  expect(settings.hasKeys).toBe(false);
});
