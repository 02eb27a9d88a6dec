import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TaskApi } from "../api/tasks.ts";
import { makeTask } from "../testing/factories.ts";
import { TaskList } from "./task-list.ts";

function makeApi(): { [K in keyof TaskApi]: ReturnType<typeof vi.fn<TaskApi[K]>> } {
  return {
    list: vi.fn<TaskApi["list"]>(() => Promise.resolve([makeTask(1), makeTask(2)])),
    finish: vi.fn<TaskApi["finish"]>(() => Promise.resolve(undefined)),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("fetches the tasks at once and every minute", async () => {
  const api = makeApi();
  const list = new TaskList(api);

  list.start();
  list.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(list.tasks.map(({ id }) => id)).toEqual([1, 2]);

  api.list.mockResolvedValue([makeTask(2)]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list.tasks.map(({ id }) => id)).toEqual([2]);
  expect(api.list).toHaveBeenCalledTimes(2);
});

it("takes a task that is done off the list", async () => {
  const api = makeApi();
  const list = new TaskList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);

  await list.finish(1);

  expect(api.finish).toHaveBeenCalledWith(1);
  expect(list.tasks.map(({ id }) => id)).toEqual([2]);
});

it("keeps a task whose end the server did not take, says so, and recovers", async () => {
  const api = makeApi();
  const list = new TaskList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);
  api.finish.mockRejectedValueOnce(new TypeError("offline"));

  await list.finish(1);
  expect([list.tasks.length, list.hasFailed]).toEqual([2, true]);

  await list.load();
  expect(list.hasFailed).toBe(false);
});

it("forgets the tasks of an agent who has left, also those still on their way", async () => {
  const list = new TaskList(makeApi());
  list.start();
  list.stop();
  await vi.advanceTimersByTimeAsync(120_000);

  expect(list.tasks).toEqual([]);
});
