import { describe, expect, it } from "vitest";
import { makeMessageId, Outbox } from "./outbox.ts";
import { MemoryStore } from "./storage.ts";

function makeIds(): () => string {
  let next = 0;
  return () => `id-${(next += 1)}`;
}

describe("Outbox", () => {
  it("keeps the order in which messages were written, also within one millisecond", () => {
    const outbox = new Outbox(new MemoryStore(), "o:", makeIds());
    for (const text of ["first", "second", "third"]) outbox.add({ kind: "message", text }, 1000);

    expect(outbox.list().map(({ text }) => text)).toEqual(["first", "second", "third"]);
  });

  it("survives a reload", () => {
    const store = new MemoryStore();
    new Outbox(store, "o:", makeIds()).add({ kind: "message", text: "still here" }, 1000);

    expect(new Outbox(store, "o:").list().map(({ text }) => text)).toEqual(["still here"]);
  });

  it("lets two tabs write without losing each other's messages", () => {
    const store = new MemoryStore();
    const one = new Outbox(store, "o:");
    const other = new Outbox(store, "o:");
    one.add({ kind: "message", text: "from one" }, 1);
    other.add({ kind: "message", text: "from the other" }, 2);

    expect(one.list()).toEqual(other.list());
    expect(one.list()).toHaveLength(2);
  });

  it("tries a refused message again under the same id", () => {
    const outbox = new Outbox(new MemoryStore(), "o:", makeIds());
    const { id } = outbox.add({ kind: "message", text: "hello" }, 1);
    outbox.refuse(id, "too many");
    expect(outbox.find(id)?.refusal).toBe("too many");

    expect(outbox.retry(id)).toMatchObject({ id, text: "hello", refusal: null });
  });

  it("is not troubled by what others have stored", () => {
    const store = new MemoryStore();
    store.set("o:broken", "{");
    store.set("o:strange", "42");

    expect(new Outbox(store, "o:").list()).toEqual([]);
  });

  it("makes ids that differ", () => {
    const ids = Array.from({ length: 100 }, makeMessageId);
    expect(new Set(ids).size).toBe(100);
  });
});
