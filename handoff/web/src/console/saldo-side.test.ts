import { afterEach, describe, expect, it, vi } from "vitest";
import { consoleApi } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { DeskSettings } from "../state/desk-settings.ts";
import { MemoryStore } from "../state/storage.ts";
import { makeOffer, makeRow } from "../testing/desk-factories.ts";
import type { SaldoAlertQuestion } from "./saldo-alert-question.ts";
import type { SaldoConversationList } from "./saldo-conversation-list.ts";
import "./saldo-side.ts";
import type { SaldoSide } from "./saldo-side.ts";

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

async function openSide(): Promise<{ side: SaldoSide; store: ConsoleStore; find(name: string): HTMLElement | null }> {
  const store = new ConsoleStore({ origin: "http://host", api: consoleApi, store: new MemoryStore() });
  store.agent = { id: "a1", name: "Mia", email: "", language: "en", presence: "available" };
  const side = document.createElement("saldo-side");
  side.store = store;
  side.locale = deskLocale("en");
  document.body.append(side);
  await side.updateComplete;
  return { side, store, find: (name) => side.shadowRoot?.querySelector(`[data-testid=${name}], ${name}`) ?? null };
}

it("tells screen readers of a message in another conversation", async () => {
  const { side, store, find } = await openSide();
  store.takeRow(makeRow("c1", { customer_name: "Aino Virtanen", unread: 1 }));
  await side.updateComplete;
  expect(find("message-news")?.textContent).toBe("Aino Virtanen: 1 new message");
  store.takeRow(makeRow("c1", { customer_name: "Aino Virtanen", unread: 2 }));
  await side.updateComplete;
  expect(find("message-news")?.textContent).toBe("Aino Virtanen: 2 new messages");
});

it("tells them of the next message too, when the one before has been read", async () => {
  const { side, store, find } = await openSide();
  const written = makeRow("c1", { customer_name: "Aino Virtanen", unread: 1 });
  store.takeRow(written);
  await side.updateComplete;
  store.takeRow({ ...written, unread: 0 });
  await side.updateComplete;
  expect(find("message-news")?.textContent).toBe("");
  store.takeRow(written);
  await side.updateComplete;
  expect(find("message-news")?.textContent).toBe("Aino Virtanen: 1 new message");
});

it("takes no press of the mouse just after the rows have changed places", async () => {
  vi.useFakeTimers();
  const { side, store, find } = await openSide();
  const list = find("saldo-conversation-list") as SaldoConversationList;
  for (const id of ["c1", "c2"]) store.takeRow(makeRow(id));
  await side.updateComplete;
  expect(list.shaken).toBe(false);
  store.takeRow(makeRow("c2", { unread: 1 }));
  await side.updateComplete;
  expect(list.shaken).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(list.shaken).toBe(false);
  vi.useRealTimers();
});

it("opens the board beside the desk, for on another page the agent would be gone", async () => {
  const { side, store, find } = await openSide();
  store.takeAgent({ id: "a1", name: "Kerstin", email: "", language: "en", presence: "available", role: "supervisor" });
  side.requestUpdate();
  await side.updateComplete;
  expect(find("board")?.getAttribute("target")).toBe("saldo-board");
});

it("says that the sign-out has failed, also when the server has no words for it", async () => {
  const { side, store, find } = await openSide();
  store.signOutRefusal = "";
  side.requestUpdate();
  await side.updateComplete;
  expect(find("sign-out-refusal")?.textContent).toContain("You are still signed in");
});

it("asks once how to call the agent, and never again", async () => {
  const { side, find } = await openSide();
  const stored = new MemoryStore();
  side.settings = new DeskSettings(stored);
  await side.updateComplete;
  const question = find("saldo-alert-question") as SaldoAlertQuestion;
  await question.updateComplete;
  question.shadowRoot?.querySelector<HTMLElement>("[data-testid=alerts-no]")?.click();
  await question.updateComplete;
  expect(question.shadowRoot?.querySelector("[data-testid=alert-question]")).toBeNull();
  expect(new DeskSettings(stored)).toMatchObject({ hasSound: false, wasAsked: true });
});

it("calls aloud unless the agent says no", () => {
  expect(new DeskSettings(new MemoryStore()).hasSound).toBe(true);
});

describe("the list of conversations", () => {
  async function openList(changes: Partial<SaldoConversationList>): Promise<{ chosen: (string | null)[]; button: HTMLElement }> {
    const list = document.createElement("saldo-conversation-list");
    Object.assign(list, { locale: deskLocale("en"), rows: [makeRow("c1", { since: "2026-11-21T12:00:00Z", last_text: "Hello" })] }, changes);
    const chosen: (string | null)[] = [];
    list.addEventListener("saldo-conversation-choose", ({ conversationId }) => chosen.push(conversationId));
    document.body.append(list);
    await list.updateComplete;
    const button = list.shadowRoot?.querySelector("button");
    if (!button) throw new Error("no row");
    return { chosen, button };
  }

  it("takes no press of the mouse that was meant for what stood there before, but every key", async () => {
    const { chosen, button } = await openList({ shaken: true });
    button.dispatchEvent(new MouseEvent("click", { detail: 1 }));
    expect(chosen).toEqual([]);
    button.dispatchEvent(new MouseEvent("click", { detail: 0 }));
    expect(chosen).toEqual(["c1"]);
  });

  it("shows the row that was opened, and leads the focus to it", async () => {
    const shown = vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(() => undefined);
    await openList({ rows: [makeRow("c1"), makeRow("c2")], chosen: "c2" });
    const list = document.querySelector("saldo-conversation-list");
    expect(shown).toHaveBeenCalledTimes(1);
    list?.focus();
    expect(list?.shadowRoot?.activeElement?.getAttribute("aria-current")).toBe("true");
    shown.mockRestore();
  });

  it("says how long the agent has had each, and who is writing", async () => {
    const { button } = await openList({ now: Date.parse("2026-11-21T12:04:05Z"), typing: new Set(["c1"]) });
    expect(button.textContent).toContain("With you for 4:05");
    expect(button.textContent).toContain("The customer is writing");
    expect(button.textContent).not.toContain("Hello");
  });
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
