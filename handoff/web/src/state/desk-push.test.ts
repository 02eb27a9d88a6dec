import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeskPush, type PushBrowser } from "./desk-push.ts";
import { MemoryStore } from "./storage.ts";

const SUBSCRIPTION: PushSubscriptionJSON = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } };
const calls: { url: string; body: unknown }[] = [];
let key: string | null = "server-key";
let visibility: DocumentVisibilityState = "visible";

class FakeBrowser implements PushBrowser {
  asked: string[] = [];
  answer: PushSubscriptionJSON | null = SUBSCRIPTION;
  isSubscribed = false;

  isAble(): boolean {
    return true;
  }

  subscribe(asked: string): Promise<PushSubscriptionJSON | null> {
    this.asked.push(asked);
    this.isSubscribed = this.answer !== null;
    return Promise.resolve(this.answer);
  }

  unsubscribe(): Promise<void> {
    this.isSubscribed = false;
    return Promise.resolve();
  }
}

function posted(url: string): unknown[] {
  return calls.filter((call) => call.url === url && call.body !== null).map((call) => call.body);
}

function goTo(state: DocumentVisibilityState): void {
  visibility = state;
  document.dispatchEvent(new Event("visibilitychange"));
}

let browser: FakeBrowser;
let store: MemoryStore;
let push: DeskPush;

beforeEach(() => {
  calls.length = 0;
  key = "server-key";
  visibility = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    calls.push({ url, body: typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : null });
    return Promise.resolve(new Response(url.endsWith("/push") && init?.body === undefined ? JSON.stringify({ key }) : "{}"));
  });
  browser = new FakeBrowser();
  store = new MemoryStore();
  push = new DeskPush(store, browser);
});

afterEach(() => {
  push.rest();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("it is offered only where the server sends pushes", async () => {
  key = null;
  await push.start();
  expect(push.isOffered).toBe(false);
  key = "server-key";
  await push.start();
  expect(push.isOffered).toBe(true);
});

test("switched on, the browser is asked with the server's key and the server hears its address", async () => {
  await push.start();
  await push.toggle();
  expect(browser.asked).toEqual(["server-key"]);
  expect(posted("/api/agents/me/push")).toEqual([SUBSCRIPTION]);
  expect(push.isOn).toBe(true);
});

test("a reader who does not allow it is told, and it stays off", async () => {
  browser.answer = null;
  await push.start();
  await push.toggle();
  expect([push.isOn, push.isRefused]).toEqual([false, true]);
  expect(posted("/api/agents/me/push")).toEqual([]);
});

test("each time the page is hidden the phone is asked whether it hears", async () => {
  await push.start();
  await push.toggle();
  goTo("hidden");
  goTo("visible");
  goTo("hidden");
  expect(posted("/api/agents/me/push")).toHaveLength(3);
});

test("the choice survives a reload", async () => {
  await push.start();
  await push.toggle();
  push.rest();
  const again = new DeskPush(store, browser);
  await again.start();
  goTo("hidden");
  expect(posted("/api/agents/me/push")).toHaveLength(2);
  again.rest();
});

test("switched off, the server forgets the address and a hidden page asks nothing", async () => {
  await push.start();
  await push.toggle();
  await push.toggle();
  goTo("hidden");
  expect(posted("/api/agents/me/push/end")).toEqual([{ endpoint: SUBSCRIPTION.endpoint }]);
  expect(posted("/api/agents/me/push")).toHaveLength(1);
  expect([push.isOn, browser.isSubscribed]).toEqual([false, false]);
});

test("nobody signed in: a hidden page asks nothing", async () => {
  await push.start();
  await push.toggle();
  push.rest();
  goTo("hidden");
  expect(posted("/api/agents/me/push")).toHaveLength(1);
});
