import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox.ts";
import { openStore } from "./storage.ts";

/** A browser's storage that another script of the page has filled up. */
function makeFullStorage(stored: Record<string, string> = {}): Storage {
  const functions = {
    getItem: (key: string) => stored[key] ?? null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: (key: string) => Reflect.deleteProperty(stored, key),
  };
  return new Proxy(functions as unknown as Storage, {
    ownKeys: () => Object.keys(stored),
    getOwnPropertyDescriptor: (_target, key) => ({ value: stored[key as string], enumerable: true, configurable: true }),
  });
}

describe("a store that is full", () => {
  it("still keeps what is being written", () => {
    const store = openStore(() => makeFullStorage({ "saldo:draft": "old" }));
    store.set("saldo:draft", "new");
    expect(store.get("saldo:draft")).toBe("new");

    store.remove("saldo:draft");
    expect(store.get("saldo:draft")).toBeNull();
  });

  it("loses no message on its way to the server", () => {
    const outbox = new Outbox(openStore(() => makeFullStorage()), "o:");
    outbox.add({ kind: "message", text: "Why is my bill higher?" }, 1000);
    expect(outbox.list().map(({ text }) => text)).toEqual(["Why is my bill higher?"]);
  });
});

describe("a store that is forbidden", () => {
  it("is replaced by the page's memory", () => {
    const store = openStore(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    store.set("a", "1");
    expect(store.keys("a")).toEqual(["a"]);
  });
});
