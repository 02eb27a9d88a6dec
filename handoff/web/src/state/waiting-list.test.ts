import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WaitingRow } from "../api/console.ts";
import { WaitingList } from "./waiting-list.ts";

const row: WaitingRow = {
  entry_id: "e1",
  conversation_id: "c1",
  queue: "bills",
  language: "fi",
  channel: "webchat",
  topic: "bills",
  wish: null,
  waited_seconds: 30,
  kind: "live",
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("asks nothing while nobody looks", async () => {
  const listWaiting = vi.fn(() => Promise.resolve([row]));
  const list = new WaitingList({ listWaiting });
  list.refresh();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(listWaiting).not.toHaveBeenCalled();
});

it("knows since when each has waited by this machine's clock", async () => {
  const list = new WaitingList({ listWaiting: () => Promise.resolve([row]) }, () => 100_000);
  list.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(list.rows[0]?.since).toBe(70_000);
});

it("answers a burst of changes with one call more, and a line that changes all the time with one every three seconds", async () => {
  const listWaiting = vi.fn(() => Promise.resolve([row]));
  const list = new WaitingList({ listWaiting });
  list.open();
  for (let change = 0; change < 20; change += 1) list.refresh();
  await vi.advanceTimersByTimeAsync(2999);
  expect(listWaiting).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(listWaiting).toHaveBeenCalledTimes(2);
  // Until the twelfth second, so that it was asked for at 0, 3, 6, 9 and 12.
  for (let second = 0; second < 9; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    list.refresh();
  }
  expect(listWaiting).toHaveBeenCalledTimes(5);
});

it("asks at once after a quiet while, and not after it was closed", async () => {
  const listWaiting = vi.fn(() => Promise.resolve([row]));
  const list = new WaitingList({ listWaiting });
  list.open();
  await vi.advanceTimersByTimeAsync(5000);
  list.refresh();
  await vi.advanceTimersByTimeAsync(0);
  expect(listWaiting).toHaveBeenCalledTimes(2);
  list.refresh();
  list.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(listWaiting).toHaveBeenCalledTimes(2);
});

it("says when it cannot be fetched, and keeps what it knew", async () => {
  const listWaiting = vi.fn(() => Promise.resolve([row]));
  const list = new WaitingList({ listWaiting });
  list.open();
  await vi.advanceTimersByTimeAsync(0);
  listWaiting.mockRejectedValueOnce(new Error("gone"));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(list.hasFailed).toBe(true);
  expect(list.rows).toHaveLength(1);
});
