import { afterEach, expect, it } from "vitest";
import type { TransferTo } from "../api/console.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import "./saldo-transfer-dialog.ts";
import type { SaldoTransferDialog } from "./saldo-transfer-dialog.ts";

afterEach(() => {
  document.body.replaceChildren();
});

interface Opened {
  dialog: SaldoTransferDialog;
  asked: (TransferTo | null)[];
  press(selector: string): Promise<void>;
  find(selector: string): HTMLElement;
}

async function open(kind: "queue" | "colleague" | "bot" = "queue"): Promise<Opened> {
  const dialog = document.createElement("saldo-transfer-dialog");
  dialog.locale = deskLocale("en");
  dialog.self = "mia";
  dialog.language = "fi";
  dialog.currentQueue = "payments";
  dialog.places = {
    queues: ["bills", "payments"],
    colleagues: [
      { id: "mia", name: "Mia", presence: "available", free: 3, languages: ["fi"] },
      { id: "kerstin", name: "Kerstin", presence: "available", free: 3, languages: ["de"] },
      { id: "gone", name: "Olli", presence: "available", live: false, free: 3, languages: ["fi"] },
      { id: "aino", name: "Aino", presence: "busy", free: 0, languages: ["fi", "en"] },
    ],
  };
  const asked: (TransferTo | null)[] = [];
  dialog.addEventListener("saldo-transfer", (event) => asked.push(event.to));
  document.body.append(dialog);
  await dialog.updateComplete;
  dialog.show(kind);
  await dialog.updateComplete;
  const find = (selector: string): HTMLElement => {
    const found = dialog.shadowRoot?.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const press = async (selector: string): Promise<void> => {
    find(selector).click();
    await dialog.updateComplete;
  };
  return { dialog, asked, press, find };
}

it("proposes the queue and the language in which the conversation is", async () => {
  const { asked, press, find } = await open();
  (find("textarea") as HTMLTextAreaElement).value = " Speaks for her mother ";
  await press("[data-testid=transfer-go]");
  expect(asked).toEqual([{ queue: "payments", language: "fi", note: "Speaks for her mother" }]);
});

it("names colleagues at their desk, those who speak the customer's language first, never oneself", async () => {
  const { dialog } = await open("colleague");
  const names = [...(dialog.shadowRoot?.querySelectorAll("[data-testid=colleague] b") ?? [])].map((name) => name.textContent);
  expect(names).toEqual(["Aino", "Kerstin"]);
});

it("goes to nobody until somebody is chosen", async () => {
  const { asked, press, find } = await open("colleague");
  expect((find("[data-testid=transfer-go]") as HTMLButtonElement).disabled).toBe(true);
  await press("[data-testid=colleague] input");
  await press("[data-testid=transfer-go]");
  expect(asked).toEqual([{ agent_id: "aino" }]);
});

it("goes back to the assistant", async () => {
  const { asked, press } = await open("bot");
  await press("[data-testid=transfer-go]");
  expect(asked).toEqual([null]);
});
