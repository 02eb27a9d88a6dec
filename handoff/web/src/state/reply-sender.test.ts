import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { makeMessage } from "../testing/factories.ts";
import { ReplySender } from "./reply-sender.ts";
import { MemoryStore } from "./storage.ts";

type Post = (conversationId: string, clientMsgId: string, text: string) => Promise<MessageOut>;

function makeSender(store = new MemoryStore()): { sender: ReplySender<MessageOut>; post: ReturnType<typeof vi.fn<Post>>; stored: string[] } {
  const stored: string[] = [];
  const post = vi.fn<Post>((_id, _key, text) => Promise.resolve(makeMessage(1, { sender: "agent", text })));
  const changed = (_id: string, message: MessageOut | null): void => {
    if (message) stored.push(message.text);
  };
  return { sender: new ReplySender({ store, prefix: "r:", post, changed, random: () => 1 }), post, stored };
}

const texts = (post: ReturnType<typeof vi.fn<Post>>): string[] => post.mock.calls.map(([, , text]) => text);

describe("ReplySender", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("sends one reply after the other", async () => {
    const { sender, post, stored } = makeSender();
    sender.send("c1", "one", 1);
    sender.send("c1", "two", 2);
    await vi.advanceTimersByTimeAsync(0);

    expect(texts(post)).toEqual(["one", "two"]);
    expect(stored).toEqual(["one", "two"]);
    expect(sender.pending("c1")).toEqual([]);
  });

  it("tries again under the same key while the server is away", async () => {
    const { sender, post, stored } = makeSender();
    post.mockRejectedValueOnce(new TypeError("failed to fetch"));
    post.mockRejectedValueOnce(new ApiError(503, "Unavailable", null));
    sender.send("c1", "hello", 1);
    await vi.advanceTimersByTimeAsync(10_000);

    const keys = post.mock.calls.map(([, key]) => key);
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(3);
    expect(stored).toEqual(["hello"]);
  });

  it("does not let a later reply overtake an earlier one", async () => {
    const { sender, post, stored } = makeSender();
    post.mockRejectedValueOnce(new TypeError("failed to fetch"));
    sender.send("c1", "one", 1);
    sender.send("c1", "two", 2);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(stored).toEqual(["one", "two"]);
  });

  it("tells a refusal and goes on with the next reply", async () => {
    const { sender, post, stored } = makeSender();
    post.mockRejectedValueOnce(new ApiError(409, "ConversationClosed", "It is closed."));
    sender.send("c1", "one", 1);
    sender.send("c1", "two", 2);
    await vi.advanceTimersByTimeAsync(0);

    expect(sender.pending("c1")).toMatchObject([{ text: "one", refusal: "It is closed." }]);
    expect(stored).toEqual(["two"]);
  });

  it("keeps a reply for the next sign-in when the session has ended", async () => {
    const store = new MemoryStore();
    const before = makeSender(store);
    before.post.mockImplementation(() => {
      before.sender.stop();
      return Promise.reject(new ApiError(401, "NotSignedIn", null));
    });
    before.sender.send("c1", "hello", 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(before.post).toHaveBeenCalledTimes(1);

    const after = makeSender(store);
    await after.sender.flush("c1");
    expect(after.stored).toEqual(["hello"]);
  });
});
