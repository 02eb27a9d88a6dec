import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentOut, ConsoleApi, ConsoleOut, ConversationRow, OfferOut, TranscriptOut } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { makeConversation, makeMessage, makeNote } from "../testing/factories.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import { ConsoleStore } from "./console-store.ts";
import { MemoryStore } from "./storage.ts";

const agent: AgentOut = { id: "a1", name: "Mia", email: "mia@nordlicht.example", language: "de", presence: "available" };
const row: ConversationRow = {
  id: "c1",
  status: "active",
  language: "de",
  channel: "webchat",
  customer_name: "Jana",
  verified: true,
  last_text: null,
  last_sender: null,
  unanswered_since: null,
  topic: "bills",
};
const offer: OfferOut = {
  id: "o1",
  conversation_id: "c1",
  status: "pending",
  expires_at: "2026-11-21T12:00:20Z",
  seconds_left: 20,
  language: "de",
  channel: "webchat",
  topic: "bills",
  reason: "asked_for_person",
  verified_level: "code",
  waited_seconds: 5,
  wish: "Why is my bill higher?",
};

function makeSnapshot(changes: Partial<ConsoleOut> = {}): ConsoleOut {
  const queue = { waiting: 0, oldest_wait_seconds: null };
  return { agent, last_event: 0, offer: null, conversations: [], queue, ...changes };
}

function makeTranscript(changes: Partial<TranscriptOut> = {}): TranscriptOut {
  const summary = { reason: null, topic: null, wish: null, tried: [], verified_level: null };
  return { conversation: makeConversation({ status: "active" }), messages: [makeMessage(1)], summary, customer: null, ...changes };
}

function makeApi(snapshot = makeSnapshot()): { [K in keyof ConsoleApi]: ReturnType<typeof vi.fn<ConsoleApi[K]>> } {
  return {
    signIn: vi.fn<ConsoleApi["signIn"]>(() => Promise.resolve(agent)),
    signOut: vi.fn<ConsoleApi["signOut"]>(() => Promise.resolve(undefined)),
    setPresence: vi.fn<ConsoleApi["setPresence"]>((presence) => Promise.resolve({ ...agent, presence })),
    getConsole: vi.fn<ConsoleApi["getConsole"]>(() => Promise.resolve(snapshot)),
    getTranscript: vi.fn<ConsoleApi["getTranscript"]>(() => Promise.resolve(makeTranscript())),
    postReply: vi.fn<ConsoleApi["postReply"]>((_id, key, text) =>
      Promise.resolve(makeMessage(3, { sender: "agent", text, client_msg_id: key })),
    ),
    close: vi.fn<ConsoleApi["close"]>(() => Promise.resolve({ ...row, status: "closed" })),
    accept: vi.fn<ConsoleApi["accept"]>(() => Promise.resolve(row)),
    decline: vi.fn<ConsoleApi["decline"]>(() => Promise.resolve(undefined)),
    postNote: vi.fn<ConsoleApi["postNote"]>((_id, key, text) => Promise.resolve(makeNote("n1", { client_note_id: key, text }))),
    finishWrapUp: vi.fn<ConsoleApi["finishWrapUp"]>(() => Promise.resolve(undefined)),
    transfer: vi.fn<ConsoleApi["transfer"]>(() => Promise.resolve(undefined)),
    returnToBot: vi.fn<ConsoleApi["returnToBot"]>(() => Promise.resolve(undefined)),
    reportCall: vi.fn<ConsoleApi["reportCall"]>(() => Promise.resolve(undefined)),
    listWaiting: vi.fn<ConsoleApi["listWaiting"]>(() => Promise.resolve([])),
    take: vi.fn<ConsoleApi["take"]>(() => Promise.resolve(row)),
    listColleagues: vi.fn<ConsoleApi["listColleagues"]>(() => Promise.resolve({ queues: [], colleagues: [] })),
    listCanned: vi.fn<ConsoleApi["listCanned"]>(() => Promise.resolve([])),
    uploadFile: vi.fn<ConsoleApi["uploadFile"]>(() => Promise.resolve(makeMessage(4, { sender: "agent" }))),
  };
}

async function makeDesk(
  snapshot = makeSnapshot(),
): Promise<{ desk: ConsoleStore; api: ReturnType<typeof makeApi>; network: FakeNetwork }> {
  const network = new FakeNetwork();
  const api = makeApi(snapshot);
  const options = { origin: "http://host", api, store: new MemoryStore(), connect: network.connect, now: () => 50_000 };
  const desk = new ConsoleStore(options);
  await desk.load();
  network.newest.accept();
  network.newest.deliver({ type: "ready", last_event: snapshot.last_event });
  return { desk, api, network };
}

describe("ConsoleStore", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("goes on from the snapshot's event", async () => {
    const { network } = await makeDesk(makeSnapshot({ last_event: 7 }));
    expect(network.newest.sent[0]).toEqual({ type: "hello", after: 7 });
  });

  it("asks for the sign-in when there is no session", async () => {
    const api = makeApi();
    api.getConsole.mockRejectedValueOnce(new ApiError(401, "NotSignedIn", null));
    const desk = new ConsoleStore({ origin: "http://host", api, store: new MemoryStore(), connect: new FakeNetwork().connect });
    await desk.load();
    expect(desk.phase).toBe("signed_out");
  });

  it("counts an offer down by its seconds, not by the server's clock", async () => {
    const { desk, network } = await makeDesk();
    network.newest.deliver({ type: "events", events: [{ number: 1, name: "offer.made", offer }], more: false });
    expect(desk.offer?.endsAt).toBe(70_000);
  });

  it("takes an offer away when it has expired, and says so", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ offer }));
    const expired = { ...offer, status: "expired" };
    network.newest.deliver({ type: "events", events: [{ number: 1, name: "offer.expired", offer: expired }], more: false });
    expect(desk.offer).toBeNull();
    expect(desk.hasLostOffer).toBe(true);
  });

  it("opens the conversation that was accepted", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ offer }));
    await desk.acceptOffer();
    await vi.advanceTimersByTimeAsync(0);
    expect(api.accept).toHaveBeenCalledWith("o1");
    expect(desk.chosenId).toBe("c1");
    expect(desk.lines.map(({ text }) => text)).toEqual(["message 1"]);
  });

  it("lets go of an offer that somebody else was faster to take", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ offer }));
    api.accept.mockRejectedValueOnce(new ApiError(409, "OfferExpired", null));
    api.getConsole.mockResolvedValueOnce(makeSnapshot());
    await desk.acceptOffer();
    expect(desk.offer).toBeNull();
    expect(desk.chosenId).toBeNull();
    expect(desk.hasLostOffer).toBe(true);
  });

  it("appends what the customer writes, once, whether it came with the transcript or by event", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    const events = [1, 2].map((seq) => ({
      number: seq,
      name: "message.posted",
      conversation_id: "c1",
      message: makeMessage(seq, { sender: "customer" }),
    }));
    network.newest.deliver({ type: "events", events, more: false });
    expect(desk.lines.map(({ text }) => text)).toEqual(["message 1", "message 2"]);
  });

  it("counts what arrives in another conversation as unread", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    const message = makeMessage(2, { sender: "customer" });
    network.newest.deliver({
      type: "events",
      events: [{ number: 1, name: "message.posted", conversation_id: "c1", message }],
      more: false,
    });
    expect(desk.rows[0]?.unread).toBe(1);
    desk.choose("c1");
    expect(desk.rows[0]?.unread).toBe(0);
  });

  it("shows a reply at once and once", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    desk.write("Good day", "reply");
    expect(desk.lines.map(({ text, delivery }) => [text, delivery])).toEqual([["message 1", "stored"], ["Good day", "sending"]]);
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.lines.map(({ text, delivery }) => [text, delivery])).toEqual([["message 1", "stored"], ["Good day", "stored"]]);
  });

  it("fetches presence and queue anew after a lost connection", async () => {
    const { api, network } = await makeDesk();
    network.newest.drop();
    await vi.advanceTimersByTimeAsync(1000);
    network.newest.accept();
    network.newest.deliver({ type: "ready", last_event: 0 });
    expect(api.getConsole).toHaveBeenCalledTimes(2);
  });

  it("signs out when the server closes the session", async () => {
    const { desk, network } = await makeDesk();
    network.newest.drop(4401);
    expect(desk.phase).toBe("signed_out");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(network.sockets).toHaveLength(1);
  });

  it("stays at the desk and keeps the reason when the server refuses the sign-out", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ conversations: [row], offer }));
    desk.choose("c1");
    api.signOut.mockRejectedValueOnce(new ApiError(409, "ConversationsHeld", "Conversations still open: 1."));
    await desk.signOut();
    expect(desk.phase).toBe("ready");
    expect(desk.signOutRefusal).toBe("Conversations still open: 1.");
    expect(desk.offer).not.toBeNull();

    await desk.close();
    expect(desk.signOutRefusal).toBeNull();
    await desk.signOut();
    expect(desk.phase).toBe("signed_out");
  });

  it("asks for the sign-in when the session had ended before the sign-out", async () => {
    const { desk, api } = await makeDesk();
    api.signOut.mockRejectedValueOnce(new ApiError(401, "NotSignedIn", null));
    api.getConsole.mockRejectedValueOnce(new ApiError(401, "NotSignedIn", null));
    await desk.signOut();
    expect(desk.phase).toBe("signed_out");
  });

  it("keeps a draft for each conversation", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    desk.keepDraft("half a sentence", "reply");
    desk.choose(null);
    expect(desk.draft("reply")).toBe("");
    desk.choose("c1");
    expect(desk.draft("reply")).toBe("half a sentence");
  });

  it("tells the server what is before the agent's eyes, once", async () => {
    const { desk, api, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    network.newest.accept();
    api.getTranscript.mockResolvedValue(makeTranscript({ messages: [makeMessage(1), makeMessage(2, { sender: "customer" })] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    network.newest.deliver({ type: "pulse" });
    expect(network.newest.sentOf("seen")).toEqual([{ type: "seen", conversation_id: "c1", seq: 2 }]);
    expect(network.newest.sentOf("viewing").at(-1)).toEqual({ type: "viewing", conversation_id: "c1" });
  });

  it("gives a sign of life at least every ten seconds, however much the server says", async () => {
    const { network } = await makeDesk();
    network.newest.accept();
    for (let second = 0; second < 30; second += 1) {
      network.newest.deliver({ type: "queue.changed", queue: { waiting: second, oldest_wait_seconds: 1 } });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(network.newest.sentOf("ping").length).toBeGreaterThanOrEqual(3);
  });

  it("answers the server's pulse at once, for timers sleep in a hidden tab", async () => {
    const { network } = await makeDesk();
    network.newest.accept();
    network.newest.deliver({ type: "pulse" });
    expect(network.newest.sentOf("ping")).toHaveLength(1);
  });

  it("shows how far the customer has read, and never less than before", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    network.newest.deliver({ type: "seen", conversation_id: "c1", customer: 5, agent: 4 });
    network.newest.deliver({ type: "seen", conversation_id: "c1", customer: 3, agent: 4 });
    expect(desk.thread?.conversation.seen).toEqual({ customer: 5, agent: 4 });
  });

  it("shows a note at once, and once when it is stored", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    desk.write("Look at the October bill", "note");
    expect(desk.pendingNotes.map(({ text }) => text)).toEqual(["Look at the October bill"]);
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.pendingNotes).toEqual([]);
    expect(desk.thread?.notes?.map(({ text }) => text)).toEqual(["Look at the October bill"]);
    expect(desk.lines.map(({ text }) => text)).toEqual(["message 1"]);
  });

  it("keeps the draft of a note apart from that of a reply", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    desk.keepDraft("rude customer", "note");
    expect(desk.draft("reply")).toBe("");
  });

  it("loses a conversation that went to a colleague from the list, but not from under the reader", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [{ ...row, agent_id: "a1" }] }));
    const moved = { number: 1, name: "conversation.changed", conversation: { ...row, agent_id: "a2" } };
    desk.choose("c1");
    network.newest.deliver({ type: "events", events: [moved], more: false });
    expect(desk.shownRows).toHaveLength(1);
    desk.choose(null);
    expect(desk.shownRows).toHaveLength(0);
  });

  it("comes through a frame that it does not know", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    network.newest.deliver({ type: "from.the.future", conversation_id: "c1" });
    expect(desk.lines).toHaveLength(1);
  });
});
