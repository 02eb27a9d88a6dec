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

async function open(kind: "queue" | "colleague" | "bot" = "queue", refusals: string[] = []): Promise<Opened> {
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
  dialog.pass = (to) => {
    asked.push(to);
    return Promise.resolve(refusals.shift() ?? null);
  };
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

async function write(dialog: SaldoTransferDialog, field: HTMLElement, text: string): Promise<void> {
  (field as HTMLTextAreaElement).value = text;
  field.dispatchEvent(new Event("input"));
  await dialog.updateComplete;
}

async function chooseQueue(dialog: SaldoTransferDialog, field: HTMLElement, queue: string): Promise<void> {
  (field as HTMLSelectElement).value = queue;
  field.dispatchEvent(new Event("change"));
  await dialog.updateComplete;
}

it("proposes no queue, for one press would put the customer back into the line they came from", async () => {
  const { dialog, asked, press, find } = await open();
  await press("[data-testid=transfer-go]");
  expect(asked).toEqual([]);
  await chooseQueue(dialog, find("[data-testid=transfer-queue-select]"), "bills");
  await write(dialog, find("textarea"), " Speaks for her mother ");
  await press("[data-testid=transfer-go]");
  expect(asked).toEqual([{ queue: "bills", language: "fi", note: "Speaks for her mother" }]);
});

it("stays open with the refusal and the note until somebody has it", async () => {
  const { dialog, press, find } = await open("colleague", ["Aino has no room."]);
  await press("[data-testid=colleague] input");
  await write(dialog, find("textarea"), "Speaks for her mother");
  await press("[data-testid=transfer-go]");
  expect(dialog.isOpen).toBe(true);
  expect(find("[data-testid=transfer-refusal]").textContent).toContain("Aino has no room.");
  expect((find("textarea") as HTMLTextAreaElement).value).toBe("Speaks for her mother");
  await press("[data-testid=transfer-go]");
  expect(dialog.isOpen).toBe(false);
});

it("keeps the note through Cancel and through a look at the assistant", async () => {
  const { dialog, press, find } = await open();
  await write(dialog, find("textarea"), "Speaks for her mother");
  await press("[data-testid=transfer-bot] input");
  await press(".foot .quiet");
  dialog.show("queue");
  await dialog.updateComplete;
  expect((find("textarea") as HTMLTextAreaElement).value).toBe("Speaks for her mother");
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
