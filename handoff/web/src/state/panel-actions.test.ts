import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/http.ts";
import { type FakePanelApi, makeActionOffer, makeActions, makeDone, makeOption, makePanelApi } from "../testing/panel-factories.ts";
import { ActionCase } from "./panel-actions.ts";
import { MemoryStore } from "./storage.ts";

let api: FakePanelApi;
let store: MemoryStore;
const changed = vi.fn();

beforeEach(() => {
  changed.mockClear();
  store = new MemoryStore();
  api = makePanelApi();
});

function openCase(): ActionCase {
  return new ActionCase({ api, conversationId: "c1", store, prefix: "a:", changed, now: () => Date.UTC(2026, 10, 22) });
}

async function typed(amount = "10,00", note = "Waited long"): Promise<ActionCase> {
  const desk = openCase();
  await desk.load();
  desk.choose("goodwill");
  desk.edit({ amount, note });
  return desk;
}

async function looked(): Promise<ActionCase> {
  const desk = await typed();
  await desk.look();
  return desk;
}

describe("before an action", () => {
  it("shows the effect of what was typed, in minor units", async () => {
    const desk = await looked();
    expect(api.preview).toHaveBeenCalledWith("c1", "goodwill", {
      option: "late:DE-2026-000001",
      amount_minor: 1000,
      note: "Waited long",
    });
    expect(desk.preview?.title).toBe("Goodwill credit of €10.00");
  });

  it.each([
    ["", "Waited long", "amount"],
    ["60", "Waited long", "amount_high"],
    ["10", "  ", "note"],
  ] as const)("asks nobody while %j with the reason %j is not enough", async (amount, note, problem) => {
    const desk = await typed(amount, note);
    await desk.look();
    expect(desk.problem).toBe(problem);
    expect(api.preview).not.toHaveBeenCalled();
  });

  it("asks for a choice where there are several", async () => {
    api.getActions.mockResolvedValue(makeActions(makeActionOffer({ options: [makeOption(), makeOption({ id: "other" })] })));
    const desk = await typed();
    await desk.look();
    expect(desk.problem).toBe("option");
  });

  it("keeps what was typed for each action through a look at another one, and through a reload", async () => {
    const kinds = [makeActionOffer(), makeActionOffer({ kind: "dispute" })];
    api.getActions.mockResolvedValue(makeActions(...kinds));
    const desk = await typed("12", "Half a reas");
    desk.choose("dispute");
    desk.edit({ note: "Meter read twice" });
    desk.choose("goodwill");
    expect(desk.draft).toMatchObject({ amount: "12", note: "Half a reas" });

    const reloaded = openCase();
    await reloaded.load();
    reloaded.choose("dispute");
    expect(reloaded.draft?.note).toBe("Meter read twice");
  });

  it("forgets what was typed once it is done", async () => {
    const desk = await looked();
    await desk.confirm();
    expect(store.keys("a:")).toEqual([]);
  });

  it("takes a day only where one can be agreed, and none that is over", async () => {
    const exact = { amount_minor: 4000, minimum_minor: null, maximum_minor: null };
    const later = makeOption({ id: "later", ...exact, latest_day: "2026-12-20" });
    api.getActions.mockResolvedValue(makeActions(makeActionOffer({ kind: "arrangement", options: [later] })));
    const desk = openCase();
    await desk.load();
    desk.choose("arrangement");
    desk.edit({ day: "2026-12-21", note: "Salary comes late" });
    await desk.look();
    expect(desk.problem).toBe("day");

    desk.edit({ day: "2026-12-10" });
    await desk.look();
    expect(api.preview).toHaveBeenCalledWith("c1", "arrangement", { option: "later", day: "2026-12-10", note: "Salary comes late" });
  });

  it("forgets the effect when the amount changes, and keeps it when the reason does", async () => {
    const desk = await looked();
    desk.edit({ note: "Waited very long" });
    expect(desk.preview).not.toBeNull();
    desk.edit({ amount: "11" });
    expect(desk.preview).toBeNull();
  });

  it("does not show the effect of an amount that was changed meanwhile", async () => {
    const desk = await typed();
    const looking = desk.look();
    desk.edit({ amount: "20" });
    await looking;
    expect(desk.preview).toBeNull();
    expect(desk.draft?.amount).toBe("20");
  });

  it("has what was typed when the agent comes back from the list", async () => {
    const desk = await typed();
    desk.leave();
    expect(desk.draft).toBeNull();
    desk.choose("goodwill");
    expect(desk.draft?.amount).toBe("10,00");
  });
});

describe("an action", () => {
  it("is done once and says so", async () => {
    const desk = await looked();
    await Promise.all([desk.confirm(), desk.confirm()]);
    expect(api.act).toHaveBeenCalledTimes(1);
    expect(api.act.mock.calls[0]?.[2]).toMatchObject({ amount_minor: 1000, preview: 1000, note: "Waited long" });
    expect(desk.result?.state).toBe("done");
    expect(desk.draft).toBeNull();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("that got no answer is asked again under the same id, and cannot be changed before", async () => {
    const desk = await looked();
    api.act.mockRejectedValueOnce(new TypeError("offline"));
    await desk.confirm();
    expect(desk.isUnanswered).toBe(true);
    desk.edit({ amount: "20" });
    desk.leave();
    expect(desk.draft?.amount).toBe("10,00");

    await desk.retry();
    const [first, second] = api.act.mock.calls.map(([, , request]) => request);
    expect(second).toEqual(first);
    expect(desk.result?.state).toBe("done");
  });

  it("that got no answer before a reload keeps its id", async () => {
    const desk = await looked();
    api.act.mockRejectedValueOnce(new ApiError(503, "Busy", null));
    await desk.confirm();

    const reloaded = openCase();
    expect(reloaded.isUnanswered).toBe(true);
    await reloaded.load();
    await reloaded.retry();
    const ids = api.act.mock.calls.map(([, , request]) => request.request_id);
    expect(new Set(ids).size).toBe(1);
    expect(openCase().isUnanswered).toBe(false);
  });

  it("whose answer was lost is found in the history", async () => {
    const desk = await looked();
    api.act.mockRejectedValueOnce(new TypeError("offline"));
    await desk.confirm();
    const id = api.act.mock.calls[0]?.[2].request_id ?? "";
    api.getActions.mockResolvedValue({ ...makeActions(makeActionOffer()), history: [makeDone({ request_id: id })] });
    await desk.giveUp();
    expect(desk.result?.request_id).toBe(id);
    expect(api.act).toHaveBeenCalledTimes(1);
  });

  it("that the server never saw can be given up, and keeps what was typed", async () => {
    const desk = await looked();
    api.act.mockRejectedValueOnce(new TypeError("offline"));
    await desk.confirm();
    await desk.giveUp();
    expect([desk.isUnanswered, desk.draft?.note]).toEqual([false, "Waited long"]);
  });

  it("that is refused shows the server's sentence, loses nothing, and is another one next time", async () => {
    const desk = await looked();
    api.act.mockRejectedValueOnce(new ApiError(409, "AboveLimit", "Your limit for today is used up."));
    await desk.confirm();
    expect(desk.refusal).toBe("Your limit for today is used up.");
    expect(desk.draft).toMatchObject({ amount: "10,00", note: "Waited long" });

    await desk.look();
    await desk.confirm();
    const [first, second] = api.act.mock.calls.map(([, , request]) => request.request_id);
    expect(second).not.toBe(first);
  });

  it("that waits for approval shows the decision when it comes", async () => {
    const desk = await looked();
    api.act.mockResolvedValueOnce(makeDone({ state: "waiting" }));
    await desk.confirm();
    expect(desk.result?.state).toBe("waiting");
    api.getActions.mockResolvedValue({
      ...makeActions(makeActionOffer()),
      history: [makeDone({ state: "refused", decided_by: "Kerstin Vogt" })],
    });
    await desk.load();
    expect(desk.result).toMatchObject({ state: "refused", decided_by: "Kerstin Vogt" });
  });
});

it("says why nothing can be done, and keeps a list that only could not be fetched anew", async () => {
  const desk = await typed();
  api.getActions.mockRejectedValueOnce(new TypeError("offline"));
  await desk.load();
  expect(desk.offers).not.toBeNull();
  api.getActions.mockRejectedValueOnce(new ApiError(409, "HeldByAnother", "Aino holds it."));
  await desk.load();
  expect([desk.offers, desk.failure]).toEqual([null, "Aino holds it."]);
});

it("sends what was given up under the same id when it is confirmed again, for it may be done by then", async () => {
  const desk = await looked();
  api.act.mockRejectedValueOnce(new TypeError("offline"));
  await desk.confirm();
  await desk.giveUp();
  await desk.look();
  await desk.confirm();
  const [first, second] = api.act.mock.calls.map(([, , request]) => request);
  expect(second).toEqual(first);

  const other = await looked();
  api.act.mockRejectedValueOnce(new TypeError("offline"));
  await other.confirm();
  await other.giveUp();
  other.edit({ amount: "12" });
  await other.look();
  await other.confirm();
  const [before, after] = api.act.mock.calls.slice(2).map(([, , request]) => request.request_id);
  expect(after).not.toBe(before);
});
