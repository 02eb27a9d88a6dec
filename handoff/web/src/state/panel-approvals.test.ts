import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ApprovalApi } from "../api/actions.ts";
import { ApiError } from "../api/http.ts";
import { makeApproval } from "../testing/panel-factories.ts";
import { ApprovalList } from "./panel-approvals.ts";

let api: { [K in keyof ApprovalApi]: ReturnType<typeof vi.fn<ApprovalApi[K]>> };

beforeEach(() => {
  vi.useFakeTimers();
  api = {
    list: vi.fn<ApprovalApi["list"]>(() => Promise.resolve([makeApproval(), makeApproval({ id: "d2" })])),
    decide: vi.fn<ApprovalApi["decide"]>(() => Promise.resolve(makeApproval({ state: "done" }))),
  };
});

afterEach(() => {
  vi.useRealTimers();
});

async function start(): Promise<ApprovalList> {
  const list = new ApprovalList(api);
  list.start();
  await vi.advanceTimersByTimeAsync(0);
  return list;
}

it("fetches at once, when told, and every minute", async () => {
  const list = await start();
  expect(list.entries.map(({ id }) => id)).toEqual(["d1", "d2"]);
  list.refresh();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.list).toHaveBeenCalledTimes(3);
});

it("asks nothing for agents to whom the list is closed", async () => {
  new ApprovalList(api).refresh();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.list).not.toHaveBeenCalled();
});

it("decides with the note, once, and does not show it again from an older list", async () => {
  const list = await start();
  let answer: (approvals: ReturnType<typeof makeApproval>[]) => void = () => undefined;
  api.list.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  list.refresh();
  list.writeNote("d1", " fair ");
  await Promise.all([list.decide("d1", "approve"), list.decide("d1", "refuse")]);
  answer([makeApproval(), makeApproval({ id: "d2" })]);
  await vi.advanceTimersByTimeAsync(0);

  expect(api.decide.mock.calls).toEqual([["d1", "approve", "fair"]]);
  expect(list.entries.map(({ id }) => id)).toEqual(["d2"]);
});

it("keeps the note of a decision that was refused, and says why", async () => {
  const list = await start();
  api.decide.mockRejectedValueOnce(new ApiError(409, "OwnApproval", "Nobody approves their own."));
  list.writeNote("d1", "fair");
  expect(await list.decide("d1", "approve")).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  expect([list.refusals.get("d1"), list.notes.get("d1"), list.overtaken]).toEqual(["Nobody approves their own.", "fair", []]);
});

it("says who was quicker, though the approval is off the list", async () => {
  const list = await start();
  api.decide.mockRejectedValueOnce(new ApiError(409, "AlreadyDecided", "Aino has already refused it."));
  api.list.mockResolvedValue([makeApproval({ id: "d2" })]);
  await list.decide("d1", "approve");
  await vi.advanceTimersByTimeAsync(0);
  expect(list.overtaken).toEqual(["Aino has already refused it."]);
});

it("says that something approved could not be done", async () => {
  const list = await start();
  api.decide.mockResolvedValueOnce(makeApproval({ state: "failed" }));
  await list.decide("d1", "approve");
  expect(list.failed).toEqual(["Goodwill credit of €40.00"]);
});

it("forgets them when the supervisor leaves", async () => {
  const list = await start();
  list.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([list.entries, api.list.mock.calls.length]).toEqual([[], 1]);
});
