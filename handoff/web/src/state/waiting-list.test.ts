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
  position: 1,
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

it("answers a burst of changes with one call more", async () => {
  const listWaiting = vi.fn(() => Promise.resolve([row]));
  const list = new WaitingList({ listWaiting });
  list.open();
  for (let change = 0; change < 20; change += 1) list.refresh();
  await vi.advanceTimersByTimeAsync(0);
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
