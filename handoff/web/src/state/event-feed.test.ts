import { describe, expect, it } from "vitest";
import type { NumberedEvent } from "../api/protocol.ts";
import { EventFeed } from "./event-feed.ts";

function frame(first: number, last: number, more = false): { type: "events"; events: NumberedEvent[]; more: boolean } {
  const events = Array.from({ length: last - first + 1 }, (_, index) => ({ number: first + index, name: "message.posted" }));
  return { type: "events", events, more };
}

const numbers = (events: readonly NumberedEvent[]): number[] => events.map(({ number }) => number);

describe("EventFeed", () => {
  it("applies each number once and in order", () => {
    const feed = new EventFeed();
    const shuffled = { ...frame(1, 4), events: [...frame(1, 4).events].reverse() };

    expect(numbers(feed.receive(shuffled).events)).toEqual([1, 2, 3, 4]);
    expect(feed.receive(frame(2, 5)).events.map(({ number }) => number)).toEqual([5]);
    expect(feed.seen).toBe(5);
  });

  it("takes page after page without asking, as the server sends them by itself", () => {
    const feed = new EventFeed();
    feed.ready(250);
    const asked = [frame(1, 100, true), frame(101, 200, true), frame(201, 250)].map((page) => feed.receive(page).requestAfter);

    expect(asked).toEqual([null, null, null]);
    expect(feed.isBehind).toBe(false);
  });

  it("asks for what is missing when a live event leaves a gap", () => {
    const feed = new EventFeed(3);
    feed.ready(3);
    const { events, requestAfter } = feed.receive(frame(6, 6));

    expect(events).toEqual([]);
    expect(requestAfter).toBe(3);
  });

  it("asks once while the answer is on its way, and closes the gap with it", () => {
    const feed = new EventFeed(3);
    feed.ready(3);
    feed.receive(frame(6, 6));
    expect(feed.receive(frame(7, 7)).requestAfter).toBeNull();

    const { events, requestAfter } = feed.receive(frame(4, 7));

    expect(numbers(events)).toEqual([4, 5, 6, 7]);
    expect(requestAfter).toBeNull();
  });

  it("asks on when the answer brought only a part", () => {
    const feed = new EventFeed(0);
    feed.ready(0);
    feed.receive(frame(9, 9));

    expect(feed.receive(frame(1, 5)).requestAfter).toBe(5);
  });

  it("asks again when nothing came, and not when nothing is missing", () => {
    const feed = new EventFeed(0);
    feed.ready(2);
    expect(feed.askAgain()).toBe(0);
    feed.receive(frame(1, 2));
    expect(feed.askAgain()).toBeNull();
  });

  it("forgets on a new connection what an older one owed", () => {
    const feed = new EventFeed(3);
    feed.ready(3);
    feed.receive(frame(6, 6));
    feed.ready(6);
    feed.receive(frame(4, 6));

    expect(feed.receive(frame(8, 8)).requestAfter).toBe(6);
  });
});
