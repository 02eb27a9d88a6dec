import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../api/http.ts";
import type { TaskApi, TaskOut } from "../api/tasks.ts";
import { makeTask } from "../testing/factories.ts";
import { withResolvers } from "../testing/promised.ts";
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
  expect(list.entries.map(({ id }) => id)).toEqual([1, 2]);

  api.list.mockResolvedValue([makeTask(2)]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list.entries.map(({ id }) => id)).toEqual([2]);
  expect(api.list).toHaveBeenCalledTimes(2);
});

it("takes a task that is done off the list", async () => {
  const api = makeApi();
  const list = new TaskList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);

  await list.finish(1);

  expect(api.finish).toHaveBeenCalledWith(1);
  expect(list.entries.map(({ id }) => id)).toEqual([2]);
});

it("keeps a task whose end the server did not take, and says why beside it", async () => {
  const api = makeApi();
  const list = new TaskList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);
  api.finish.mockRejectedValueOnce(new TypeError("offline"));

  await list.finish(1);
  expect([list.entries.length, list.hasFailed, list.refusals.get(1)]).toEqual([2, false, ""]);

  api.finish.mockRejectedValueOnce(new ApiError(409, "TaskTaken", "Aino is on it."));
  await list.finish(1);
  expect(list.refusals.get(1)).toBe("Aino is on it.");
});

it("does not show a task again from a list that was asked for before it was done", async () => {
  const api = makeApi();
  const list = new TaskList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);
  const late = withResolvers<TaskOut[]>();
  api.list.mockReturnValueOnce(late.promise);
  list.refresh();
  await list.finish(1);
  late.resolve([makeTask(1), makeTask(2)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(list.entries.map(({ id }) => id)).toEqual([2]);
});

it("forgets the tasks of an agent who has left, also those still on their way", async () => {
  const list = new TaskList(makeApi());
  list.start();
  list.stop();
  await vi.advanceTimersByTimeAsync(120_000);

  expect(list.entries).toEqual([]);
});
