import { describe, expect, it } from "vitest";
import { makeMessage } from "../testing/factories.ts";
import { applyMessage, byNeed, type DeskRow, markRead, neighbour, putRow } from "./console-rows.ts";

function makeRow(id: string, changes: Partial<DeskRow> = {}): DeskRow {
  return {
    id,
    status: "active",
    language: "de",
    channel: "webchat",
    customer_name: null,
    verified: false,
    last_text: null,
    last_sender: null,
    unanswered_since: null,
    topic: "bills",
    unread: 0,
    ...changes,
  };
}

describe("the agent's list", () => {
  it("shows first what is unread, then who has waited longest", () => {
    const rows = [
      makeRow("answered"),
      makeRow("waits briefly", { unanswered_since: "2026-11-21T12:05:00Z" }),
      makeRow("waits long", { unanswered_since: "2026-11-21T12:01:00Z" }),
      makeRow("unread", { unanswered_since: "2026-11-21T12:09:00Z", unread: 1 }),
    ];
    expect(byNeed(rows).map(({ id }) => id)).toEqual(["unread", "waits long", "waits briefly", "answered"]);
  });

  it("counts a customer's second message as unread but keeps the age of the first", () => {
    const first = makeMessage(1, { sender: "customer" });
    const second = makeMessage(2, { sender: "customer", text: "hello?" });
    const rows = [first, second].reduce((known, message) => applyMessage(known, "c1", message, false), [makeRow("c1")]);
    expect(rows[0]).toMatchObject({ unread: 2, unanswered_since: first.sent_at, last_text: "hello?" });
  });

  it("is answered by an agent, not by a system line", () => {
    const waiting = [makeRow("c1", { unanswered_since: "2026-11-21T12:00:00Z" })];
    expect(applyMessage(waiting, "c1", makeMessage(2, { sender: "system" }), true)[0]?.unanswered_since).not.toBeNull();
    expect(applyMessage(waiting, "c1", makeMessage(2, { sender: "agent" }), true)[0]?.unanswered_since).toBeNull();
  });

  it("keeps the unread count when the server sends the row anew, until it is read", () => {
    const rows = putRow([makeRow("c1", { unread: 3 })], makeRow("c1", { customer_name: "Jana" }));
    expect(rows).toMatchObject([{ customer_name: "Jana", unread: 3 }]);
    expect(markRead(rows, "c1")[0]?.unread).toBe(0);
  });

  it("is walked through in a circle", () => {
    const rows = [makeRow("a"), makeRow("b"), makeRow("c")];
    expect(neighbour(rows, "c", 1)).toBe("a");
    expect(neighbour(rows, "a", -1)).toBe("c");
    expect(neighbour(rows, null, 1)).toBe("a");
    expect(neighbour([], null, 1)).toBeNull();
  });
});
