import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/http.ts";
import type { TranscriptOut } from "../api/console.ts";
import { agent, makeDesk, makeSnapshot, makeTranscript, offer, row } from "../testing/desk-store.ts";
import { makeConversation, makeMessage } from "../testing/factories.ts";
import { MemoryStore } from "./storage.ts";

const own = { ...row, agent_id: agent.id };
const second = { ...own, id: "c2", customer_name: "Lukas", unanswered_since: "2026-11-21T12:00:00Z" };

function posted(number: number, seq: number, id = "c1"): Record<string, unknown> {
  return { number, name: "message.posted", conversation_id: id, message: makeMessage(seq, { sender: "customer" }) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("what counts as read", () => {
  it("is nothing while the agent works in another window, until they are back", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [own] }));
    desk.choose("c1");
    await vi.advanceTimersByTimeAsync(0);
    const focus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
    network.newest.deliver({ type: "events", events: [posted(1, 2)], more: false });
    expect(desk.row?.unread).toBe(1);
    expect(network.newest.sentOf("seen")).toEqual([]);
    focus.mockReturnValue(true);
    desk.noticeReader();
    expect(desk.row?.unread).toBe(0);
    expect(network.newest.sentOf("seen")).toEqual([{ type: "seen", conversation_id: "c1", seq: 2 }]);
  });

  it("is not what comes up by itself while nobody looks", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [own, { ...second, unread: 1 }] }));
    vi.spyOn(document, "hasFocus").mockReturnValue(false);
    desk.choose("c2");
    expect(desk.row?.unread).toBe(1);
  });
});

describe("leaving a conversation", () => {
  it("leads to who waits longest after an own move, and nowhere when the time was up", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [own, second] }));
    desk.choose("c1");
    desk.leave("c1", false);
    expect(desk.chosenId).toBeNull();
    desk.takeRow(own);
    desk.choose("c1");
    desk.leave("c1", true);
    expect(desk.chosenId).toBe("c2");
  });
});

describe("transcripts", () => {
  it("never go back to an older answer that comes late", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ conversations: [own] }));
    const answers: ((thread: TranscriptOut) => void)[] = [];
    api.getTranscript.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    desk.choose("c1");
    desk.choose("c1");
    answers[1]?.(makeTranscript({ conversation: makeConversation({ status: "closed" }) }));
    await vi.advanceTimersByTimeAsync(0);
    answers[0]?.(makeTranscript());
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.thread?.conversation.status).toBe("closed");
  });

  it("are asked for by one timer, however much happens while the server is away", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ conversations: [own] }));
    api.getTranscript.mockRejectedValue(new ApiError(503, "Unavailable", null));
    for (let press = 0; press < 5; press += 1) desk.choose("c1");
    await vi.advanceTimersByTimeAsync(2900);
    expect(api.getTranscript).toHaveBeenCalledTimes(5);
    await vi.advanceTimersByTimeAsync(200);
    expect(api.getTranscript).toHaveBeenCalledTimes(6);
  });

  it("of conversations that nobody looks at are not fetched anew with each change", async () => {
    const { desk, api, network } = await makeDesk(makeSnapshot({ conversations: [own, second] }));
    desk.choose("c1");
    desk.choose("c2");
    await vi.advanceTimersByTimeAsync(0);
    api.getTranscript.mockClear();
    const changed = [1, 2].map((number) => ({ number, name: "conversation.changed", conversation: own }));
    network.newest.deliver({ type: "events", events: changed, more: false });
    expect(api.getTranscript).not.toHaveBeenCalled();
  });

  it("of a conversation that is only read along move with the server's pulse and by themselves", async () => {
    const { desk, api, network } = await makeDesk();
    api.getTranscript.mockResolvedValue(makeTranscript({ joined: true }));
    desk.choose("c9");
    await vi.advanceTimersByTimeAsync(0);
    network.newest.deliver({ type: "pulse" });
    expect(api.getTranscript).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(3000);
    expect(api.getTranscript).toHaveBeenCalledTimes(3);
    desk.choose(null);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.getTranscript).toHaveBeenCalledTimes(3);
  });
});

describe("the list", () => {
  it("counts a message once, whether the row or the message tells of it", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [own] }));
    const reopened = { number: 1, name: "conversation.changed", conversation: { ...own, unread: 1, last_seq: 4 } };
    network.newest.deliver({ type: "events", events: [reopened, posted(2, 4)], more: false });
    expect(desk.rows[0]?.unread).toBe(1);
    network.newest.deliver({ type: "events", events: [posted(3, 5)], more: false });
    expect(desk.rows[0]?.unread).toBe(2);
  });

  it("forgets a conversation that is no longer the agent's", async () => {
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [own, second] }));
    const moved = { number: 1, name: "conversation.changed", conversation: { ...own, agent_id: "a2" } };
    network.newest.deliver({ type: "events", events: [moved], more: false });
    expect(desk.rows.map(({ id }) => id)).toEqual(["c2"]);
  });
});

describe("what was written into a conversation that went elsewhere", () => {
  const moved = { number: 1, name: "conversation.changed", conversation: { ...own, agent_id: "a2" } };

  it("is offered to be copied, and gone once it is given up", async () => {
    const store = new MemoryStore();
    const { desk, network } = await makeDesk(makeSnapshot({ conversations: [own] }), store);
    desk.choose("c1");
    desk.keepDraft("Half a sentence", "reply");
    network.newest.deliver({ type: "events", events: [moved], more: false });
    expect(desk.leftovers).toEqual([]);
    expect(desk.draft("reply")).toBe("Half a sentence");
    desk.choose(null);
    const [left] = desk.leftovers;
    expect(left).toMatchObject({ name: "Jana", kind: "reply", text: "Half a sentence", reason: null });
    if (left) desk.dropLeftover(left);
    expect(desk.leftovers).toEqual([]);
    expect(store.keys("saldo:desk:draft")).toEqual([]);
  });

  it("is told with the server's reason when a reply was refused after all", async () => {
    const { desk, api, network } = await makeDesk(makeSnapshot({ conversations: [own] }));
    api.postReply.mockRejectedValueOnce(new TypeError("failed to fetch"));
    api.postReply.mockRejectedValueOnce(new ApiError(409, "HeldByAnother", "Aino has this conversation now."));
    desk.choose("c1");
    desk.write("Good day", "reply");
    network.newest.deliver({ type: "events", events: [moved], more: false });
    desk.choose(null);
    await vi.advanceTimersByTimeAsync(5000);
    expect(desk.leftovers).toMatchObject([{ name: "Jana", text: "Good day", reason: "Aino has this conversation now." }]);
  });

  it("is offered to be copied when the agent has passed it on", async () => {
    const { desk } = await makeDesk(makeSnapshot({ conversations: [own] }));
    desk.choose("c1");
    desk.keepDraft("Half a sentence", "reply");
    await desk.actions.transfer("c1", { queue: "bills" });
    expect(desk.leftovers).toMatchObject([{ kind: "reply", text: "Half a sentence" }]);
  });

  it("is offered still when the wrap-up is over: the note by all means, a reply unless the agent has ended it", async () => {
    const over = { ...own, status: "wrap_up" as const, wrap_up: { ends_at: "", seconds_left: 60, dispositions: ["resolved"] } };
    const texts = async (isOwnMove: boolean): Promise<string[]> => {
      const { desk } = await makeDesk(makeSnapshot({ conversations: [over] }));
      desk.choose("c1");
      desk.keepDraft("Good day", "reply");
      desk.keepDraft("Pays by Friday", "note");
      desk.leave("c1", isOwnMove);
      return desk.leftovers.map(({ text }) => text);
    };
    expect(await texts(true)).toEqual(["Pays by Friday"]);
    expect(await texts(false)).toEqual(["Good day", "Pays by Friday"]);
  });

  it("still goes out after a reload, although the conversation is not in the list any more", async () => {
    const store = new MemoryStore();
    const before = await makeDesk(makeSnapshot({ conversations: [own] }), store);
    before.api.postReply.mockImplementation(() => new Promise(() => undefined));
    before.desk.choose("c1");
    before.desk.write("Good day", "reply");
    const after = await makeDesk(makeSnapshot(), store);
    await vi.advanceTimersByTimeAsync(0);
    expect(after.api.postReply.mock.calls.map(([, , text]) => text)).toEqual(["Good day"]);
  });
});

describe("an offer", () => {
  it("goes away by itself when its time is over and the line is down", async () => {
    const { desk } = await makeDesk(makeSnapshot({ offer }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(desk.offer).not.toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(desk.offer).toBeNull();
  });

  it("says what the server says when it cannot be declined", async () => {
    const { desk, api } = await makeDesk(makeSnapshot({ offer }));
    api.decline.mockRejectedValueOnce(new TypeError("failed to fetch"));
    await desk.declineOffer();
    expect(desk.actions.refusal).toBe("");
  });
});

describe("a wrap-up", () => {
  it("keeps what was chosen through a reload, and sends it in time", async () => {
    const store = new MemoryStore();
    const wrapUp = { ends_at: "", seconds_left: 30, dispositions: ["resolved"] };
    const snapshot = makeSnapshot({ conversations: [{ ...own, status: "wrap_up", wrap_up: wrapUp }] });
    const before = await makeDesk(snapshot, store);
    before.desk.actions.keepWrapUp("c1", { disposition: "resolved", note: "Paid" }, 30_000);
    before.desk.actions.stop();
    const after = await makeDesk(snapshot, store);
    expect(after.desk.actions.wrapUpDraft("c1").note).toBe("Paid");
    await vi.advanceTimersByTimeAsync(29_000);
    expect(after.api.finishWrapUp).toHaveBeenCalledWith("c1", { disposition: "resolved", note: "Paid" });
  });
});
