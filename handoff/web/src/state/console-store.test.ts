import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentOut, ConsoleOut } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { agent, makeApi, makeDesk, makeSnapshot, makeTranscript, offer, row } from "../testing/desk-store.ts";
import { makeMessage } from "../testing/factories.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import { withResolvers } from "../testing/promised.ts";
import { ConsoleStore } from "./console-store.ts";
import { MemoryStore } from "./storage.ts";

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
    expect(desk.lostOffer).toBe("expired");
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
    api.accept.mockRejectedValueOnce(new ApiError(409, "AlreadyTaken", "Aino has already taken this conversation."));
    api.getConsole.mockResolvedValueOnce(makeSnapshot());
    expect(await desk.acceptOffer()).toBe(false);
    expect(desk.offer).toBeNull();
    expect(desk.chosenId).toBeNull();
    expect(desk.actions.refusal).toBe("Aino has already taken this conversation.");
    expect(desk.lostOffer).toBeNull();
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
    expect(api.getConsole).toHaveBeenCalledTimes(3);
  });

  it("fetches them once more as soon as the line stands, for the snapshot is older", async () => {
    const { desk, api } = await makeDesk();
    expect(api.getConsole).toHaveBeenCalledTimes(2);
    expect(desk.phase).toBe("ready");
  });

  it("lets no older snapshot take away what has come meanwhile", async () => {
    const { desk, api, network } = await makeDesk(makeSnapshot({ conversations: [row] }));
    const late = withResolvers<ConsoleOut>();
    api.getConsole.mockReturnValueOnce(late.promise);
    const loading = desk.load();
    const assigned = { number: 2, name: "conversation.changed", conversation: { ...row, id: "c2" } };
    const message = { number: 3, name: "message.posted", conversation_id: "c1", message: makeMessage(2, { sender: "customer" }) };
    const events = [{ number: 1, name: "offer.made", offer }, assigned, message];
    network.newest.deliver({ type: "events", events, more: false });
    late.resolve(makeSnapshot({ conversations: [row] }));
    await loading;
    expect(desk.offer?.id).toBe("o1");
    expect(desk.rows.map(({ id, unread }) => [id, unread])).toEqual([["c1", 1], ["c2", 0]]);

    api.getConsole.mockResolvedValueOnce(makeSnapshot({ last_event: 3, conversations: [] }));
    await vi.advanceTimersByTimeAsync(250);
    expect(desk.rows).toEqual([]);
  });

  it("believes the newer of two snapshots, whichever comes first", async () => {
    const { desk, api } = await makeDesk();
    const first = withResolvers<ConsoleOut>();
    api.getConsole.mockReturnValueOnce(first.promise);
    const loading = desk.load();
    await desk.load();
    first.resolve(makeSnapshot({ conversations: [row] }));
    await loading;
    expect(desk.rows).toEqual([]);
  });

  it("does not fall back to the status of before, whatever is on its way", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ agent: { ...agent, presence: "offline" } }));
    const late = withResolvers<ConsoleOut>();
    api.getConsole.mockReturnValueOnce(late.promise);
    const loading = desk.load();
    await desk.setPresence("available");
    late.resolve(makeSnapshot({ agent: { ...agent, presence: "offline" } }));
    await loading;
    expect(desk.agent?.presence).toBe("available");
  });

  it("takes the language alone from the answer that changes it", async () => {
    const { desk, api } = await makeDesk();
    const changing = withResolvers<AgentOut>();
    api.setLanguage.mockReturnValueOnce(changing.promise);
    api.getConsole.mockImplementation(() => new Promise(() => undefined));
    const setting = desk.setLanguage("fi");
    await desk.setPresence("away");
    changing.resolve({ ...agent, language: "fi", presence: "available" });
    await Promise.race([setting, vi.advanceTimersByTimeAsync(0)]);
    expect(desk.agent).toMatchObject({ language: "fi", presence: "away" });
  });

  it("says that the sign-out has failed when the server is away", async () => {
    const { desk, api } = await makeDesk();
    api.signOut.mockRejectedValueOnce(new TypeError("failed to fetch"));
    await desk.signOut();
    expect(desk.phase).toBe("ready");
    expect(desk.signOutRefusal).toBe("");
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
