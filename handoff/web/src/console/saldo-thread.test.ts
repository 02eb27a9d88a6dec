import { afterEach, describe, expect, it, vi } from "vitest";
import { type ConsoleApi, consoleApi, type TranscriptOut } from "../api/console.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { MemoryStore } from "../state/storage.ts";
import { makeRow } from "../testing/desk-factories.ts";
import { makeConversation, makeMessage, makeNote } from "../testing/factories.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import "./saldo-thread.ts";
import type { SaldoThread } from "./saldo-thread.ts";

const agent = { id: "mia", name: "Mia", email: "", language: "en" as const, presence: "available" as const };
const row = makeRow("c1", { agent_id: "mia" });

afterEach(() => {
  document.body.replaceChildren();
});

async function open(thread: Partial<TranscriptOut> = {}, shown = row): Promise<{ element: SaldoThread; find(name: string): HTMLElement | null }> {
  const transcript: TranscriptOut = {
    conversation: makeConversation({ status: shown.status }),
    messages: [makeMessage(1, { sender: "customer" }), makeMessage(2, { sender: "agent", agent_name: "Mia" })],
    summary: { reason: null, topic: null, wish: null, tried: [], verified_level: null },
    customer: null,
    ...thread,
  };
  const queue = { waiting: 0, oldest_wait_seconds: null };
  const api: ConsoleApi = {
    ...consoleApi,
    getConsole: () => Promise.resolve({ agent, last_event: 0, offer: null, conversations: [shown], queue }),
    getTranscript: () => Promise.resolve(transcript),
  };
  const store = new ConsoleStore({ origin: "http://host", api, store: new MemoryStore(), connect: new FakeNetwork().connect });
  await store.load();
  store.choose("c1");
  const element = document.createElement("saldo-thread");
  element.store = store;
  element.locale = deskLocale("en");
  element.conversationId = "c1";
  document.body.append(element);
  await vi.waitFor(() => {
    expect(store.thread).not.toBeNull();
  });
  await element.updateComplete;
  return { element, find: (name) => element.shadowRoot?.querySelector(`[data-testid=${name}], saldo-${name}`) ?? null };
}

describe("a conversation at the desk", () => {
  it("has a field for the answer while it is the agent's", async () => {
    const { find } = await open();
    expect(find("reply-box")).not.toBeNull();
    expect(find("wrap-up")).toBeNull();
  });

  it("asks for the outcome, and for nothing else, once it has ended", async () => {
    const wrapUp = { ends_at: "", seconds_left: 60, dispositions: ["resolved"] };
    const { find } = await open({}, { ...row, status: "wrap_up", wrap_up: wrapUp });
    expect(find("wrap-up")).not.toBeNull();
    expect(find("reply-box")).toBeNull();
  });

  it("can only be read by a supervisor who joins", async () => {
    const joined = { joined: true, conversation: makeConversation({ status: "active", agent: { name: "Aino" } }) };
    const { find } = await open(joined, { ...row, agent_id: "aino" });
    expect(find("reply-box")).toBeNull();
    expect(find("read-only")?.textContent).toContain("Only Aino can write here");
  });

  it("shows a note where it was written, between the messages", async () => {
    const { element } = await open({ notes: [makeNote("n1", { after_seq: 1 })] });
    const transcript = element.shadowRoot?.querySelector("saldo-transcript");
    await transcript?.updateComplete;
    const order = [...(transcript?.shadowRoot?.querySelectorAll("[data-seq], saldo-note") ?? [])];
    expect(order.map((each) => each.getAttribute("data-seq") ?? "note")).toEqual(["1", "note", "2"]);
  });

  it("says that the customer has read the last answer", async () => {
    const seen = makeConversation({ status: "active", seen: { customer: 2, agent: 1 } });
    const { element } = await open({ conversation: seen });
    const transcript = element.shadowRoot?.querySelector("saldo-transcript");
    await transcript?.updateComplete;
    expect(transcript?.shadowRoot?.querySelector("[data-testid=state]")?.textContent).toBe("Read");
  });

  it("warns of a text message that was not delivered, wherever it stands", async () => {
    const lost = makeMessage(2, { sender: "agent", state: "undelivered" });
    const { element } = await open({ messages: [lost, makeMessage(3, { sender: "customer" })] });
    const transcript = element.shadowRoot?.querySelector("saldo-transcript");
    await transcript?.updateComplete;
    expect(transcript?.shadowRoot?.querySelector("[data-testid=state]")?.textContent).toBe("Not delivered");
  });
});
