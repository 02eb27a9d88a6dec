import { describe, expect, it } from "vitest";
import { makeMessage } from "../testing/factories.ts";
import type { OutboxEntry } from "./outbox.ts";
import { findOfferedButtons, findOpenCodeCard, HIDDEN_CODE, mergeMessages, toGroups, toLines } from "./transcript.ts";

function pending(id: string, changes: Partial<OutboxEntry> = {}): OutboxEntry {
  return { id, kind: "message", text: id, buttonId: null, isSecret: false, createdAt: 1, refusal: null, ...changes };
}

const codeCard = { type: "code", expires_at: "2026-11-21T12:10:00Z", length: 6 } as const;

describe("mergeMessages", () => {
  it("orders by number and takes each only once", () => {
    const merged = mergeMessages([makeMessage(1), makeMessage(3)], [makeMessage(2), makeMessage(3, { text: "newer" })]);
    expect(merged.map(({ seq, text }) => [seq, text])).toEqual([[1, "message 1"], [2, "message 2"], [3, "newer"]]);
  });
});

describe("toLines", () => {
  it("draws a message once, whether pending, stored or both", () => {
    const stored = makeMessage(1, { sender: "customer", client_msg_id: "a" });
    const lines = toLines([stored], [pending("a"), pending("b")], "customer");
    expect(lines.map(({ key, delivery }) => [key, delivery])).toEqual([["a", "stored"], ["b", "sending"]]);
  });

  it("never shows a code that is on its way", () => {
    const [line] = toLines([], [pending("a", { text: "123456", isSecret: true })], "customer");
    expect(line?.text).toBe(HIDDEN_CODE);
  });

  it("tells why a message was refused", () => {
    const [line] = toLines([], [pending("a", { refusal: "too long" })], "customer");
    expect(line).toMatchObject({ delivery: "failed", refusal: "too long" });
  });
});

describe("toGroups", () => {
  it("groups what one voice says within five minutes", () => {
    const messages = [
      makeMessage(1),
      makeMessage(2),
      makeMessage(3, { sender: "customer" }),
      makeMessage(4, { sender: "agent", agent_name: "Mia" }),
      makeMessage(5, { sender: "agent", agent_name: "Aino" }),
      makeMessage(6, { sender: "agent", agent_name: "Aino", sent_at: "2026-11-21T12:30:00Z" }),
    ];
    const sizes = toGroups(toLines(messages, [], "customer")).map(({ lines }) => lines.length);
    expect(sizes).toEqual([2, 1, 1, 1, 1]);
  });

  it("puts an agent's unsent reply into the agent's group", () => {
    const messages = [makeMessage(1, { sender: "agent", agent_name: "Mia" })];
    const lines = toLines(messages, [pending("a", { createdAt: Date.parse("2026-11-21T12:00:05Z") })], "agent");
    expect(toGroups(lines)).toHaveLength(1);
  });
});

describe("findOfferedButtons", () => {
  const asking = makeMessage(1, { buttons: [{ id: "b1", title: "Yes" }] });

  it("offers the last answers, also past a system line", () => {
    const lines = toLines([asking, makeMessage(2, { sender: "system" })], [], "customer");
    expect(findOfferedButtons(lines)?.seq).toBe(1);
  });

  it("withdraws them as soon as the customer says anything", () => {
    expect(findOfferedButtons(toLines([asking], [pending("a")], "customer"))).toBeNull();
  });
});

describe("findOpenCodeCard", () => {
  const asked = makeMessage(1, { card: codeCard });

  it("leaves the card open while the customer writes of other things", () => {
    const lines = toLines([asked, makeMessage(2, { sender: "customer", text: "which phone?" })], [], "customer");
    expect(findOpenCodeCard(lines)).toBe(1);
  });

  it("closes it once a code is on its way", () => {
    expect(findOpenCodeCard(toLines([asked], [pending("a", { isSecret: true })], "customer"))).toBeNull();
  });

  it("opens the new card after a wrong code", () => {
    const code = makeMessage(2, { sender: "customer", text: HIDDEN_CODE });
    expect(findOpenCodeCard(toLines([asked, code, makeMessage(3, { card: codeCard })], [], "customer"))).toBe(3);
  });
});
