import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OpenedConversation } from "../api/conversations.ts";
import { makeConversation, makePosted } from "../testing/factories.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import { ChatStore } from "./chat-store.ts";
import { MemoryStore } from "./storage.ts";

interface World {
  store: ChatStore;
  network: FakeNetwork;
  stored: MemoryStore;
  open: ReturnType<typeof vi.fn<() => Promise<OpenedConversation>>>;
}

function makeWorld(stored = new MemoryStore(), id = "c1"): World {
  const network = new FakeNetwork();
  const open = vi.fn<() => Promise<OpenedConversation>>(() =>
    Promise.resolve({ conversation: makeConversation({ id }), token: `token-${id}` }),
  );
  const store = new ChatStore({
    origin: "http://host",
    language: "en",
    store: stored,
    open,
    connect: network.connect,
    exclusively: (_name, action) => action(),
    now: () => 1000,
    random: () => 1,
  });
  return { store, network, stored, open };
}

async function online(world: World, lastEvent = 0): Promise<void> {
  world.store.start();
  await vi.advanceTimersByTimeAsync(0);
  accept(world, lastEvent);
}

function accept({ network }: World, lastEvent: number): void {
  network.newest.accept();
  network.newest.deliver({ type: "ready", conversation: makeConversation(), last_event: lastEvent });
}

const texts = ({ store }: World): string[] => store.lines.map(({ text, delivery }) => `${delivery}: ${text}`);

describe("ChatStore", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("opens a conversation and greets with its token and the last event seen", async () => {
    const world = makeWorld();
    await online(world);
    expect(world.network.newest.url).toBe("ws://host/ws/chat");
    expect(world.network.newest.sent[0]).toEqual({ type: "hello", token: "token-c1", after: 0 });
  });

  it("tells once how far the person has read, and learns how far the agent has", async () => {
    const world = makeWorld();
    await online(world, 1);
    world.network.newest.deliver({ type: "events", events: [makePosted(1)], more: false });
    world.store.markSeen();
    world.store.markSeen();
    expect(world.network.newest.sent.filter((frame) => frame["type"] === "seen")).toEqual([{ type: "seen", seq: 1 }]);

    world.network.newest.deliver({ type: "seen", customer: 1, agent: 1 });
    expect(world.store.conversation?.seen).toEqual({ customer: 1, agent: 1 });
  });

  it("sends the wishes of who waits, and again after a lost connection under the same id", async () => {
    const world = makeWorld();
    await online(world);
    const slot = "2026-11-23T08:00:00Z";
    world.store.send({ kind: "callback", text: "Please call me back", callback: { way: "call", slotFrom: slot } });
    world.store.send({ kind: "callback-cancel", text: "I would rather wait here" });
    world.store.send({ kind: "queue-leave", text: "Assistant" });
    const first = world.network.newest.sent.slice(1);
    expect(first).toMatchObject([
      { type: "callback.request", way: "call", slot_from: slot },
      { type: "callback.cancel" },
      { type: "queue.leave" },
    ]);

    world.network.newest.drop();
    await vi.advanceTimersByTimeAsync(2_000);
    accept(world, 0);
    expect(world.network.newest.sent.slice(1)).toEqual(first);
  });

  it("shows a message at once, as sending, then as stored when it is acknowledged", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "Hello" });
    expect(texts(world)).toEqual(["sending: Hello"]);
    const [frame] = world.network.newest.sentOf("message.send");

    world.network.newest.deliver({ type: "message.stored", client_msg_id: frame!["client_msg_id"], seq: 1 });
    expect(texts(world)).toEqual(["stored: Hello"]);

    const event = makePosted(1, { sender: "customer", text: "Hello", client_msg_id: String(frame!["client_msg_id"]) });
    world.network.newest.deliver({ type: "events", events: [event], more: false });
    expect(texts(world)).toEqual(["stored: Hello"]);
  });

  it("keeps what is written offline and sends it in order, with the same ids, on every connection", async () => {
    const world = makeWorld();
    await online(world);
    world.network.newest.drop();
    world.store.send({ kind: "message", text: "one" });
    world.store.send({ kind: "message", text: "two" });
    await vi.advanceTimersByTimeAsync(1000);
    accept(world, 0);
    const first = world.network.newest.sentOf("message.send");
    world.network.newest.drop();
    await vi.advanceTimersByTimeAsync(1000);
    accept(world, 0);

    expect(first.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(world.network.newest.sentOf("message.send")).toEqual(first);
  });

  it("does not send again what the transcript already holds, even if the acknowledgement was lost", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "Hello" });
    const id = String(world.network.newest.sentOf("message.send")[0]!["client_msg_id"]);
    world.network.newest.deliver({ type: "events", events: [makePosted(1, { sender: "customer", client_msg_id: id })], more: false });
    world.network.newest.drop();
    await vi.advanceTimersByTimeAsync(1000);
    accept(world, 1);

    expect(world.network.newest.sentOf("message.send")).toEqual([]);
    expect(world.network.newest.sent[0]).toMatchObject({ type: "hello", after: 1 });
  });

  it("sends after a reload what the earlier page could not", async () => {
    const before = makeWorld();
    await online(before);
    before.network.newest.drop();
    before.store.send({ kind: "message", text: "unsent" });
    before.store.stop();

    const after = makeWorld(before.stored);
    await online(after);

    expect(after.open).not.toHaveBeenCalled();
    expect(after.network.newest.sentOf("message.send")).toMatchObject([{ text: "unsent" }]);
  });

  it("shows a message of another tab once, and drops it when that tab has delivered it", async () => {
    const one = makeWorld();
    await online(one);
    const other = makeWorld(one.stored);
    await online(other);
    one.store.send({ kind: "message", text: "Hello" });
    expect(texts(other)).toEqual(["sending: Hello"]);
    const id = String(one.network.newest.sentOf("message.send")[0]!["client_msg_id"]);
    const event = makePosted(1, { sender: "customer", text: "Hello", client_msg_id: id });
    for (const world of [one, other]) world.network.newest.deliver({ type: "events", events: [event], more: false });

    expect(texts(one)).toEqual(["stored: Hello"]);
    expect(texts(other)).toEqual(["stored: Hello"]);
  });

  it("asks for missing events, and asks again when no answer comes", async () => {
    const world = makeWorld();
    await online(world);
    world.network.newest.deliver({ type: "events", events: [makePosted(3)], more: false });
    expect(world.network.newest.sentOf("events.get")).toEqual([{ type: "events.get", after: 0 }]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(world.network.newest.sentOf("events.get")).toHaveLength(2);

    world.network.newest.deliver({ type: "events", events: [makePosted(1), makePosted(2), makePosted(3)], more: false });
    await vi.advanceTimersByTimeAsync(5000);

    expect(world.store.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(world.network.newest.sentOf("events.get")).toHaveLength(2);
  });

  it("tells a refusal in the server's words and sends again on demand", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "Hello" });
    const [frame] = world.network.newest.sentOf("message.send");
    const id = String(frame!["client_msg_id"]);
    world.network.newest.deliver({ type: "error", error: "TextTooLong", text: "That is too long.", client_msg_id: id });
    expect(world.store.lines[0]).toMatchObject({ delivery: "failed", refusal: "That is too long." });

    world.store.retry(id);

    expect(world.network.newest.sentOf("message.send")).toEqual([frame, frame]);
  });

  it.each(["TooManyMessages", "InternalError"])("keeps a wish for a person over %s, and sends it again", async (error) => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "handoff", text: "Talk to a person" });
    const [frame] = world.network.newest.sentOf("handoff.request");
    world.network.newest.deliver({ type: "error", error, text: "Please wait.", client_msg_id: frame!["client_msg_id"] });
    expect(texts(world)).toEqual(["sending: Talk to a person"]);
    expect(world.store.isWithPeople).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.network.newest.sentOf("handoff.request")).toEqual([frame, frame]);
  });

  it("sends again what was thrown away unread, for the server does not say which", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "Hello" });
    world.network.newest.deliver({ type: "error", error: "TooManyMessages", text: "Please wait.", client_msg_id: null });
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.network.newest.sentOf("message.send")).toHaveLength(2);
  });

  it("says why nobody can be asked for, and lets the wish be tried again", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "handoff", text: "Talk to a person" });
    const id = world.network.newest.sentOf("handoff.request")[0]!["client_msg_id"];
    world.network.newest.deliver({ type: "error", error: "ConversationClosed", text: "Closed.", client_msg_id: id });
    expect(world.store.lines[0]).toMatchObject({ delivery: "failed", refusal: "Closed." });
    expect(world.store.isWithPeople).toBe(false);
  });

  it("says that it is offline when the network hangs while it opens, and opens when the browser is online", async () => {
    const world = makeWorld();
    world.open.mockReturnValueOnce(new Promise(() => undefined));
    world.store.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.store.connection).toBe("offline");
    globalThis.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(world.network.sockets).toHaveLength(1);
  });

  it("gives up a line on which a message gets no answer within five seconds, and says so when no other one stands", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "Hello" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(world.network.sockets[0]?.readyState).toBe(3);
    expect(world.store.connection).toBe("online");
    await vi.advanceTimersByTimeAsync(2500);
    expect(world.store.connection).toBe("offline");
  });

  it("is quiet about a short loss and tells of a longer one", async () => {
    const world = makeWorld();
    await online(world);
    world.network.newest.drop();
    expect(world.store.connection).toBe("online");
    await vi.advanceTimersByTimeAsync(2500);
    expect(world.store.connection).toBe("offline");
    accept(world, 0);
    expect(world.store.connection).toBe("online");
  });

  it("opens a new conversation, with a delay, when the server no longer knows the token", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "message", text: "kept" });
    world.network.newest.drop(4401);
    expect(world.open).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    accept(world, 0);

    expect(world.open).toHaveBeenCalledTimes(2);
    expect(world.network.newest.sentOf("message.send")).toMatchObject([{ text: "kept" }]);
  });

  it("takes refused messages along into a new conversation, but no old button", async () => {
    const world = makeWorld();
    await online(world);
    world.store.send({ kind: "button", text: "Yes", buttonId: "b1" });
    world.store.send({ kind: "message", text: "one more thing" });
    const id = String(world.network.newest.sentOf("message.send")[0]!["client_msg_id"]);
    world.network.newest.deliver({ type: "error", error: "ConversationClosed", text: "Closed.", client_msg_id: id });
    world.store.startAnew();
    await vi.advanceTimersByTimeAsync(0);
    accept(world, 0);

    expect(texts(world)).toEqual(["sending: one more thing"]);
  });

  it("keeps trying to open a conversation while the server is away", async () => {
    const world = makeWorld();
    world.open.mockRejectedValueOnce(new TypeError("failed to fetch"));
    world.store.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.store.connection).toBe("offline");
    await vi.advanceTimersByTimeAsync(1000);

    expect(world.network.sockets).toHaveLength(1);
  });

  it("asks for a chosen language as soon as it can, and follows the conversation's otherwise", async () => {
    const world = makeWorld();
    world.store.start();
    world.store.chooseLanguage("fi");
    await vi.advanceTimersByTimeAsync(0);
    accept(world, 0);
    expect(world.network.newest.sentOf("language.set")).toEqual([{ type: "language.set", language: "fi" }]);

    const event = { number: 1, name: "conversation.changed", conversation: makeConversation({ language: "de" }) };
    world.network.newest.deliver({ type: "events", events: [event], more: false });
    expect(world.store.language).toBe("de");
  });

  it("hides the way to a person once a person was asked for", async () => {
    const world = makeWorld();
    await online(world);
    expect(world.store.isWithPeople).toBe(false);
    world.store.send({ kind: "handoff", text: "Talk to a person" });
    expect(world.store.isWithPeople).toBe(true);
  });

  it("counts as unread what the customer has not had before their eyes, also after a reload", async () => {
    const world = makeWorld();
    world.store.start();
    await vi.advanceTimersByTimeAsync(0);
    world.network.newest.accept();
    const conversation = makeConversation({ seen: { customer: 1, agent: 0 } });
    world.network.newest.deliver({ type: "ready", conversation, last_event: 3 });
    const events = [makePosted(1), makePosted(2, { sender: "agent" }), makePosted(3, { sender: "customer" })];
    world.network.newest.deliver({ type: "events", events, more: false });
    expect(world.store.unreadCount).toBe(1);

    world.store.markSeen();
    expect(world.store.unreadCount).toBe(0);
  });

  it("takes files while a person is asked for or there, and from no one else", async () => {
    const world = makeWorld();
    await online(world);
    const statuses = ["with_bot", "queued", "offered", "active", "wrap_up", "closed"] as const;
    const taken = statuses.filter((status, index) => {
      const event = { number: index + 1, name: "conversation.changed", conversation: makeConversation({ status }) };
      world.network.newest.deliver({ type: "events", events: [event], more: false });
      return world.store.takesFiles;
    });
    expect(taken).toEqual(["queued", "offered", "active", "wrap_up"]);
  });

  it("shows who writes until the message is there", async () => {
    const world = makeWorld();
    await online(world);
    world.network.newest.deliver({ type: "typing", sender: "bot" });
    expect(world.store.typing).toBe("bot");
    world.network.newest.deliver({ type: "events", events: [makePosted(1)], more: false });
    expect(world.store.typing).toBeNull();
  });
});
