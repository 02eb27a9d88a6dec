import { afterEach, describe, expect, it, vi } from "vitest";
import { type ConsoleApi, consoleApi, type TranscriptOut } from "../api/console.ts";
import { DraftChangeEvent } from "../components/events.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { MemoryStore } from "../state/storage.ts";
import { makeRow } from "../testing/desk-factories.ts";
import { makeConversation, makeMessage, makeNote } from "../testing/factories.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import "./saldo-thread.ts";
import type { SaldoReplyBox } from "./saldo-reply-box.ts";
import type { SaldoThread } from "./saldo-thread.ts";
import type { SaldoThreadHeader } from "./saldo-thread-header.ts";
import type { SaldoTransferDialog } from "./saldo-transfer-dialog.ts";
import type { SaldoUnsent } from "./saldo-unsent.ts";

const agent = { id: "mia", name: "Mia", email: "", language: "en" as const, presence: "available" as const };
const row = makeRow("c1", { agent_id: "mia" });

afterEach(() => {
  document.body.replaceChildren();
});

async function open(
  thread: Partial<TranscriptOut> = {},
  shown = row,
  changes: Partial<ConsoleApi> = {},
): Promise<{ element: SaldoThread; find(name: string): HTMLElement | null }> {
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
    ...changes,
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

  it("takes notes alone from a supervisor who reads along, whatever key is pressed", async () => {
    const joined = { joined: true, conversation: makeConversation({ status: "active", agent: { name: "Aino" } }) };
    const { element, find } = await open(joined, { ...row, agent_id: "aino" });
    element.write("reply");
    await element.updateComplete;
    const box = find("reply-box") as SaldoReplyBox | null;
    expect(box?.mode).toBe("note");
    expect(box?.alone).toBe(true);
    expect(find("read-only")?.textContent).toContain("Aino sees your notes");
  });

  it("is read alone once it has ended while somebody read along", async () => {
    const ended = { joined: true, conversation: makeConversation({ status: "closed", agent: { name: "Aino" } }) };
    const { find } = await open(ended, { ...row, status: "closed" });
    expect(find("reply-box")).toBeNull();
  });

  it("can be answered at once when the customer writes again, before the transcript has been fetched anew", async () => {
    const ended = { conversation: makeConversation({ status: "wrap_up" }) };
    const { element, find } = await open(ended, { ...row, status: "wrap_up", wrap_up: { ends_at: "", seconds_left: 60, dispositions: [] } });
    element.store.takeRow({ ...row, status: "active" });
    await element.updateComplete;
    expect(find("reply-box")).not.toBeNull();
  });

  it("gives back what was begun when it goes to a colleague", async () => {
    const { element, find } = await open();
    element.store.keepDraft("Half a sentence", "reply");
    element.store.takeRow({ ...row, agent_id: "aino" });
    await element.updateComplete;
    expect(find("reply-box")).toBeNull();
    expect((find("unsent") as SaldoUnsent | null)?.text).toBe("Half a sentence");
  });

  it("lets a customer who is not verified be asked for a proof, as long as it is the agent's", async () => {
    const requestProof = vi.fn<ConsoleApi["requestProof"]>(() => Promise.resolve({ state: "code_sent" }));
    const { find } = await open({}, row, { requestProof });
    const header = find("thread-header") as SaldoThreadHeader;
    await header.updateComplete;
    header.shadowRoot?.querySelector<HTMLElement>("[data-testid=proof]")?.click();
    expect(requestProof).toHaveBeenCalledWith("c1");
    header.active = false;
    await header.updateComplete;
    expect(header.shadowRoot?.querySelector("[data-testid=proof]")).toBeNull();
  });

  it("carries nothing over into the next one", async () => {
    const { element, find } = await open();
    const before = [find("transcript"), find("reply-box"), find("transfer-dialog")];
    element.store.choose("c2");
    element.conversationId = "c2";
    await vi.waitFor(() => {
      expect(element.store.thread).not.toBeNull();
    });
    await element.updateComplete;
    for (const part of before) expect(part?.isConnected).toBe(false);
    expect(find("transcript")).not.toBeNull();
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

  it("takes the cursor to the note of the wrap-up, and to no field that comes later", async () => {
    const wrapUp = { ends_at: "", seconds_left: 60, dispositions: ["resolved"] };
    const { element, find } = await open({}, { ...row, status: "wrap_up", wrap_up: wrapUp });
    element.write("note");
    await element.updateComplete;
    const bar = find("wrap-up");
    await vi.waitFor(() => {
      expect(bar?.shadowRoot?.activeElement?.getAttribute("data-testid")).toBe("wrap-up-note");
    });
    (document.activeElement as HTMLElement | null)?.blur();
    bar?.shadowRoot?.querySelector<HTMLElement>("[data-testid=wrap-up-note]")?.blur();
    element.store.takeRow({ ...row, id: "c2", status: "active" });
    element.store.choose("c2");
    element.conversationId = "c2";
    await vi.waitFor(() => {
      expect(find("reply-box")).not.toBeNull();
    });
    await element.updateComplete;
    expect(element.shadowRoot?.activeElement ?? null).toBeNull();
  });

  it("keeps no wish to write for another conversation, where this one has no field", async () => {
    const { element, find } = await open({}, { ...row, status: "closed" });
    element.write("reply");
    await element.updateComplete;
    element.store.takeRow({ ...row, status: "active" });
    await element.updateComplete;
    expect(find("reply-box")).not.toBeNull();
    expect(element.shadowRoot?.activeElement ?? null).toBeNull();
  });

  it("shows beside the wrap-up what was not sent", async () => {
    const wrapUp = { ends_at: "", seconds_left: 60, dispositions: ["resolved"] };
    const { element, find } = await open();
    element.store.keepDraft("Pays by Friday", "note");
    element.store.takeRow({ ...row, status: "wrap_up", wrap_up: wrapUp });
    await element.updateComplete;
    expect(find("wrap-up")).not.toBeNull();
    expect((find("unsent") as SaldoUnsent | null)?.text).toBe("Pays by Friday");
  });

  it("keeps the note that goes along through a look at another one", async () => {
    const { element, find } = await open();
    find("transfer-dialog")?.dispatchEvent(new DraftChangeEvent("Speaks for her mother"));
    for (const id of ["c2", "c1"]) {
      element.store.choose(id);
      element.conversationId = id;
      await vi.waitFor(() => {
        expect(element.store.thread).not.toBeNull();
      });
      await element.updateComplete;
    }
    expect((find("transfer-dialog") as SaldoTransferDialog | null)?.note).toBe("Speaks for her mother");
    expect(element.store.draft("reply")).toBe("");
  });
});
