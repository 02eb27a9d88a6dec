import { afterEach, expect, it, vi } from "vitest";
import { consoleApi } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { MemoryStore } from "../state/storage.ts";
import { makeOffer } from "../testing/desk-factories.ts";
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

it("says why the agent was set away, and the way back", async () => {
  const agent = { id: "a1", name: "Mia", email: "", language: "en" as const, presence: "away" as const, presence_reason: "missed" };
  const setPresence = vi.fn(() => Promise.resolve({ ...agent, presence: "available" as const, presence_reason: null }));
  const store = new ConsoleStore({ origin: "http://host", api: { ...consoleApi, setPresence }, store: new MemoryStore() });
  store.agent = agent;
  const side = document.createElement("saldo-side");
  side.store = store;
  side.locale = deskLocale("en");
  document.body.append(side);
  await side.updateComplete;
  expect(side.shadowRoot?.querySelector("[data-testid=missed]")?.textContent).toContain("Two conversations were offered to you");

  side.shadowRoot?.querySelector<HTMLElement>("[data-testid=back-available]")?.click();
  await vi.waitFor(() => {
    expect(side.shadowRoot?.querySelector("[data-testid=missed]")).toBeNull();
  });
  expect(setPresence).toHaveBeenCalledWith("available");
});

it("shows an offer with everything that is known of it in five seconds", async () => {
  const card = document.createElement("saldo-offer-card");
  card.locale = deskLocale("en");
  card.offer = makeOffer({ customer_name: "Jana Petersen", summary: "Base price charged twice.", findings: 2, queue: "general" });
  document.body.append(card);
  await card.updateComplete;
  const text = card.shadowRoot?.querySelector("[data-testid=offer]")?.textContent ?? "";
  for (const fact of ["Jana Petersen", "German", "Website", "Bill", "General", "Verified", "2 findings", "Base price charged twice."])
    expect(text).toContain(fact);
});
