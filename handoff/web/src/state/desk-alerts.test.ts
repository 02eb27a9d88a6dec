import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeOffer, makeRow } from "../testing/desk-factories.ts";
import { type Alert, AlertRepeater, findAlert } from "./desk-alerts.ts";

describe("an alert", () => {
  it("is the offer before anything else, then what is unread", () => {
    const unread = makeRow("c1", { unread: 1, queue: "bills" });
    expect(findAlert(makeOffer({ id: "o1", queue: "payments" }), [unread])).toMatchObject({ kind: "offer", queue: "payments" });
    expect(findAlert(null, [unread])).toMatchObject({ kind: "message", queue: "bills" });
    expect(findAlert(null, [makeRow("c1")])).toBeNull();
  });

  it("of several queues is of none, so that muting one does not silence the others", () => {
    const rows = [makeRow("c1", { unread: 1, queue: "bills" }), makeRow("c2", { unread: 1, queue: "payments" })];
    expect(findAlert(null, rows)?.queue).toBeNull();
  });

  it("is a new one when another message comes", () => {
    const first = findAlert(null, [makeRow("c1", { unread: 1 })]);
    const second = findAlert(null, [makeRow("c1", { unread: 2 })]);
    expect(first?.key).not.toBe(second?.key);
  });
});

describe("calling", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const alert: Alert = { key: "offer:o1", kind: "offer", queue: "bills", repeatMs: 6000 };

  it("repeats until it is acted on, and then ends", () => {
    const voice = { call: vi.fn(), end: vi.fn() };
    const repeater = new AlertRepeater(voice);
    repeater.show(alert);
    repeater.show(alert);
    vi.advanceTimersByTime(12_000);
    expect(voice.call.mock.calls.map(([, isAgain]) => isAgain as boolean)).toEqual([false, true, true]);
    repeater.show(null);
    vi.advanceTimersByTime(60_000);
    expect(voice.call).toHaveBeenCalledTimes(3);
    expect(voice.end).toHaveBeenCalledWith("offer:o1");
  });

  it("repeats with the server's pulse where timers are slowed", () => {
    const voice = { call: vi.fn(), end: vi.fn() };
    let now = 0;
    const repeater = new AlertRepeater(voice, () => now);
    repeater.show(alert);
    now = 5000;
    repeater.show(alert);
    expect(voice.call).toHaveBeenCalledTimes(1);
    now = 10_000;
    repeater.show(alert);
    expect(voice.call).toHaveBeenCalledTimes(2);
  });
});
