import { afterEach, expect, it, vi } from "vitest";
import type { TaskOut } from "../api/tasks.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { TaskList } from "../state/task-list.ts";
import { makeTask } from "../testing/factories.ts";
import { accessibleName } from "../testing/accessible-name.ts";
import "./saldo-tasks-dialog.ts";
import type { SaldoTasksDialog } from "./saldo-tasks-dialog.ts";

afterEach(() => {
  document.body.replaceChildren();
});

const finish = vi.fn(() => Promise.resolve(undefined));

async function open(tasks: TaskOut[], language: "en" | "de" | "fi" = "en"): Promise<SaldoTasksDialog> {
  const list = new TaskList({ list: () => Promise.resolve(tasks), finish });
  const dialog = document.createElement("saldo-tasks-dialog");
  dialog.list = list;
  dialog.locale = deskLocale(language);
  document.body.append(dialog);
  await dialog.updateComplete;
  list.start();
  dialog.show();
  await vi.waitFor(() => {
    expect(list.entries.length).toBe(tasks.length);
  });
  await dialog.updateComplete;
  return dialog;
}

function texts(dialog: SaldoTasksDialog): string[] {
  const shown = [...(dialog.shadowRoot?.querySelectorAll("[data-testid=task] > div") ?? [])];
  return shown.map((task) => [...task.children].map((part) => part.textContent.trim()).join(" | ").replaceAll("\u00a0", " "));
}

it("says what the matter is, whose, for how much and since when", async () => {
  const doubtful = makeTask(1, { reason: "total_unusual", period: "2026-10", amount_minor: 20_001, currency: "EUR" });
  const disputed = makeTask(2, { kind: "dispute_opened", reason: "dispute_opened", invoice_number: "DE-2026-000007", answer_by: "2026-12-31" });

  const dialog = await open([doubtful, disputed]);

  expect(dialog.isOpen).toBe(true);
  expect(texts(dialog)).toEqual([
    "Bill not made | The total is far above the earlier bills. | Customer 10000001October 2026€200.01Since 1 Nov 2026",
    "Bill disputed | Customer 10000001DE-2026-000007Answer by 31 Dec 2026Since 1 Nov 2026",
  ]);
});

it("names a cancellation by the reference that the customer was given", async () => {
  const stated = { kind: "cancellation_stated", reason: "cancellation_stated", customer_number: null, reference: "K3F9A2C1" };

  const dialog = await open([makeTask(1, stated)]);

  expect(texts(dialog)).toEqual(["Cancellation to carry out | K3F9A2C1Since 1 Nov 2026"]);
});

it.each([
  ["de", "Bitte ansehen | Seit 1.11.2026"],
  ["fi", "Katsottava asia | 1.11.2026 alkaen"],
] as const)("has words in %s also for a kind it does not know", async (language, expected) => {
  const dialog = await open([makeTask(1, { kind: "unheard_of", customer_number: null })], language);

  expect(texts(dialog)).toEqual([expected]);
});

it("words an unknown reason of a bill that was not made", async () => {
  const dialog = await open([makeTask(1, { reason: "ZeroDivisionError" })]);

  expect(texts(dialog)[0]).toContain("The account could not be billed.");
});

it("takes a task off the list and keeps the focus in it", async () => {
  const dialog = await open([makeTask(1), makeTask(2, { customer_number: "10000002" })]);
  const done = dialog.shadowRoot?.querySelector<HTMLElement>("[data-testid=task-done]");
  expect(done && accessibleName(done)).toBe("Done: Bill not made, Customer 10000001");

  done?.click();

  await vi.waitFor(() => {
    expect(texts(dialog)).toHaveLength(1);
  });
  expect(finish).toHaveBeenCalledWith(1);
  await vi.waitFor(() => {
    expect(dialog.shadowRoot?.activeElement?.className).toBe("list");
  });
});

it("says that nothing waits", async () => {
  const dialog = await open([]);

  expect(dialog.shadowRoot?.querySelector("[data-testid=tasks-none]")?.textContent).toBe("No open tasks.");
});
