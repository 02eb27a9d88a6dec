import { afterEach, expect, it, vi } from "vitest";
import { consoleApi } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { MemoryStore } from "../state/storage.ts";
import "./saldo-side.ts";

afterEach(() => {
  document.body.replaceChildren();
});

it("says in the server's words why the agent cannot sign out yet", async () => {
  const signOut = vi.fn(() => Promise.reject(new ApiError(409, "ConversationsHeld", "Conversations still open: 2.")));
  const store = new ConsoleStore({ origin: "http://host", api: { ...consoleApi, signOut }, store: new MemoryStore() });
  const side = document.createElement("saldo-side");
  side.store = store;
  side.locale = deskLocale("en");
  document.body.append(side);
  await side.updateComplete;
  const find = (name: string): HTMLElement | null | undefined => side.shadowRoot?.querySelector(`[data-testid=${name}]`);
  expect(find("sign-out-refusal")).toBeNull();

  find("sign-out")?.click();
  await vi.waitFor(() => {
    expect(find("sign-out-refusal")?.textContent).toBe("Conversations still open: 2.");
  });
});

it("shows how many tasks wait, and asks for their list", async () => {
  const asked: string[] = [];
  const side = document.createElement("saldo-side");
  side.store = new ConsoleStore({ origin: "http://host", api: consoleApi, store: new MemoryStore() });
  side.locale = deskLocale("en");
  side.taskCount = 3;
  side.addEventListener("saldo-desk-action", (event) => asked.push(event.action));
  document.body.append(side);
  await side.updateComplete;
  const button = side.shadowRoot?.querySelector<HTMLElement>("[data-testid=tasks]");

  button?.click();

  expect(button?.textContent).toContain("Tasks: 3");
  expect(asked).toEqual(["tasks"]);
});
