import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Alert } from "../state/desk-alerts.ts";
import { Attention, DeskVoice } from "./attention.ts";

const offer: Alert = { key: "offer:o1", kind: "offer", queue: "bills", repeatMs: 6000 };

class FakeNotification extends EventTarget {
  static permission: NotificationPermission = "granted";
  static shown: FakeNotification[] = [];
  isClosed = false;

  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    super();
    FakeNotification.shown.push(this);
  }

  close(): void {
    this.isClosed = true;
  }
}

function makeVoice(muted: string[] = []): DeskVoice {
  const voice = new DeskVoice({
    hasSound: () => false,
    isMuted: (queue) => muted.includes(queue),
    word: () => ({ title: "New conversation", body: "Bill · German" }),
  });
  voice.wake();
  return voice;
}

beforeEach(() => {
  FakeNotification.shown = [];
  FakeNotification.permission = "granted";
  vi.stubGlobal("Notification", FakeNotification);
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a notification", () => {
  it("comes once while the agent is elsewhere, and goes when the offer is answered", () => {
    const voice = makeVoice();
    voice.call(offer, false);
    voice.call(offer, true);
    expect(FakeNotification.shown.map(({ title }) => title)).toEqual(["New conversation"]);
    voice.end();
    expect(FakeNotification.shown[0]?.isClosed).toBe(true);
  });

  it("does not come for a muted queue, nor while the agent looks at the desk, nor without leave", () => {
    makeVoice(["bills"]).call(offer, false);
    FakeNotification.permission = "default";
    makeVoice().call(offer, false);
    FakeNotification.permission = "granted";
    vi.mocked(document.hasFocus).mockReturnValue(true);
    makeVoice().call(offer, false);
    expect(FakeNotification.shown).toEqual([]);
  });
});

describe("several tabs", () => {
  /** Holds one name, first come first served, as browsers do. */
  class FakeLocks {
    private holders: Promise<unknown> = Promise.resolve();

    request(_name: string, options: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void> {
      const turn = this.holders.then(() => (options.signal.aborted ? undefined : hold()));
      this.holders = turn;
      return turn;
    }
  }

  it("have one voice, and the next one's when the first has signed out", async () => {
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
    const [first, second] = [makeVoice(), makeVoice()];
    await Promise.resolve();
    first.call(offer, false);
    second.call(offer, false);
    expect(FakeNotification.shown).toHaveLength(1);
    first.rest();
    await vi.waitFor(() => {
      second.call(offer, false);
      expect(FakeNotification.shown).toHaveLength(2);
    });
  });
});

describe("the title of the tab", () => {
  it("alternates with the call until it is answered", () => {
    vi.useFakeTimers();
    const attention = new Attention(document);
    attention.show("Saldo console", "New conversation");
    expect(document.title).toBe("New conversation");
    vi.advanceTimersByTime(1000);
    expect(document.title).toBe("Saldo console");
    attention.show("Saldo console", null);
    vi.advanceTimersByTime(5000);
    expect(document.title).toBe("Saldo console");
    vi.useRealTimers();
  });
});
