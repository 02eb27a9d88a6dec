import { describe, expect, it } from "vitest";
import type { ConversationRow } from "../api/console.ts";
import { makeRow } from "../testing/desk-factories.ts";
import { makeMessage } from "../testing/factories.ts";
import { applyMessage, byNeed, isHeldBy, markRead, neighbour, putRow, replaceRows } from "./console-rows.ts";

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

  it("keeps the unread count when the server sends the row without one, until it is read", () => {
    const told: ConversationRow = makeRow("c1", { customer_name: "Jana" });
    delete told.unread;
    const rows = putRow([makeRow("c1", { unread: 3 })], told);
    expect(rows).toMatchObject([{ customer_name: "Jana", unread: 3 }]);
    expect(markRead(rows, "c1")[0]?.unread).toBe(0);
  });

  it("believes the server's count, which outlives a reload", () => {
    expect(putRow([], makeRow("c1", { unread: 2 }))[0]?.unread).toBe(2);
  });

  it("puts what is only to be wrapped up after customers who wait for an answer", () => {
    const rows = [makeRow("ended", { status: "wrap_up" }), makeRow("quiet"), makeRow("waits", { unanswered_since: "2026-11-21T12:00:00Z" })];
    expect(byNeed(rows).map(({ id }) => id)).toEqual(["waits", "ended", "quiet"]);
  });

  it("lets a conversation go when the server's list has it no more, but not under the reader's eyes", () => {
    const rows = [makeRow("moved on"), makeRow("being read"), makeRow("stays")];
    const left = replaceRows(rows, [makeRow("stays")], "being read", 0);
    expect(left.map(({ id }) => id).sort()).toEqual(["being read", "stays"]);
  });

  it("is of this agent's own open conversations", () => {
    expect(isHeldBy(makeRow("c1", { agent_id: "mia" }), "mia")).toBe(true);
    expect(isHeldBy(makeRow("c1", { agent_id: "aino" }), "mia")).toBe(false);
    expect(isHeldBy(makeRow("c1", { agent_id: "mia", status: "queued" }), "mia")).toBe(false);
  });

  it("counts the wrap-up down by this machine's clock", () => {
    const told = makeRow("c1", { wrap_up: { ends_at: "2031-01-01T00:00:00Z", seconds_left: 40, dispositions: [] } });
    expect(putRow([], told, 1000)[0]?.wrapUpEndsAt).toBe(41_000);
  });

  it("keeps each row in its place when it changes", () => {
    const rows = putRow([makeRow("a"), makeRow("b")], makeRow("a", { customer_name: "Jana" }));
    expect(rows.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("is walked through with the unread ones first, so that nobody is passed over", () => {
    const since = (minute: number): string => `2026-11-21T12:0${minute}:00Z`;
    let rows = [
      makeRow("b", { unread: 1, unanswered_since: since(1) }),
      makeRow("c", { unread: 1, unanswered_since: since(2) }),
      makeRow("a"),
    ];
    const walked: (string | null)[] = [];
    for (let chosen: string | null = "a"; walked.length < 3; walked.push(chosen)) {
      chosen = neighbour(byNeed(rows), chosen, 1);
      rows = markRead(rows, chosen ?? "");
    }
    expect(walked).toEqual(["b", "c", "a"]);
  });

  it("is walked through in a circle", () => {
    const rows = [makeRow("a"), makeRow("b"), makeRow("c")];
    expect(neighbour(rows, "c", 1)).toBe("a");
    expect(neighbour(rows, "a", -1)).toBe("c");
    expect(neighbour(rows, null, 1)).toBe("a");
    expect(neighbour([], null, 1)).toBeNull();
  });
});
