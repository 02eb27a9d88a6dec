import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { consoleApi, type ConsoleApi } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { makeRow } from "../testing/desk-factories.ts";
import { makeMessage } from "../testing/factories.ts";
import { MemoryStore } from "./storage.ts";
import { type ActionDesk, DeskActions } from "./console-actions.ts";

function makeDesk(): { [K in keyof ActionDesk]: ReturnType<typeof vi.fn<ActionDesk[K]>> } {
  return {
    takeRow: vi.fn<ActionDesk["takeRow"]>(),
    takeMessage: vi.fn<ActionDesk["takeMessage"]>(),
    takeAgent: vi.fn<ActionDesk["takeAgent"]>(),
    clearOffer: vi.fn<ActionDesk["clearOffer"]>(),
    leave: vi.fn<ActionDesk["leave"]>(),
    choose: vi.fn<ActionDesk["choose"]>(),
    isWrappingUp: vi.fn<ActionDesk["isWrappingUp"]>(() => true),
    load: vi.fn<ActionDesk["load"]>(() => Promise.resolve()),
  };
}

function make(api: Partial<ConsoleApi>): { actions: DeskActions; desk: ReturnType<typeof makeDesk> } {
  const desk = makeDesk();
  return { actions: new DeskActions({ ...consoleApi, ...api }, desk, new MemoryStore()), desk };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("an action", () => {
  it("opens what was taken from the line", async () => {
    const { actions, desk } = make({ take: () => Promise.resolve(makeRow("c7")) });
    expect(await actions.take("e7")).toBe(true);
    expect(desk.choose).toHaveBeenCalledWith("c7");
  });

  it("keeps the server's words when a colleague was faster, and asks how things stand", async () => {
    const refused = new ApiError(409, "AlreadyTaken", "Aino has taken this conversation.");
    const { actions, desk } = make({ take: () => Promise.reject(refused) });
    expect(await actions.take("e7")).toBe(false);
    expect(actions.refusal).toBe("Aino has taken this conversation.");
    expect(desk.load).toHaveBeenCalledOnce();
    expect(desk.choose).not.toHaveBeenCalled();
  });

  it("is done once, however often it is pressed", async () => {
    const transfer = vi.fn(() => Promise.resolve(undefined));
    const { actions, desk } = make({ transfer });
    await Promise.all([actions.transfer("c1", { queue: "bills" }), actions.transfer("c1", { queue: "bills" })]);
    expect(transfer).toHaveBeenCalledOnce();
    expect(desk.leave).toHaveBeenCalledWith("c1", true);
  });
});

describe("two things at a time", () => {
  it("are both done: a file on its way holds up neither an end nor a second file", async () => {
    const arrived: (() => void)[] = [];
    const uploadFile = vi.fn(
      () => new Promise<MessageOut>((resolve) => arrived.push(() => { resolve(makeMessage(4)); })),
    );
    const { actions, desk } = make({ uploadFile, close: () => Promise.resolve(makeRow("c1")) });
    actions.upload("c1", new File(["a"], "bill.pdf"));
    actions.upload("c1", new File(["b"], "meter.png"));
    expect(actions.uploadingIn("c1")).toBe("bill.pdf, meter.png");
    expect(await actions.close("c1")).toBe(true);
    arrived[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(actions.uploadingIn("c1")).toBe("meter.png");
    arrived[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(actions.uploadingIn("c1")).toBeNull();
    expect(desk.takeMessage).toHaveBeenCalledTimes(2);
  });

  it("are one file under one id, however often the line breaks", async () => {
    const uploadFile = vi.fn<ConsoleApi["uploadFile"]>(() => Promise.resolve(makeMessage(4)));
    uploadFile.mockRejectedValueOnce(new TypeError("failed to fetch"));
    const { actions } = make({ uploadFile });
    actions.upload("c1", new File(["a"], "bill.pdf"));
    await vi.advanceTimersByTimeAsync(2000);
    const ids = uploadFile.mock.calls.map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe("a wrap-up", () => {
  it("is tried again when the line was down as the time ran out", async () => {
    const finishWrapUp = vi.fn<ConsoleApi["finishWrapUp"]>(() => Promise.resolve(undefined));
    finishWrapUp.mockRejectedValueOnce(new TypeError("failed to fetch"));
    const { actions, desk } = make({ finishWrapUp });
    actions.keepWrapUp("c1", { disposition: "resolved", note: null }, 1500);
    await vi.advanceTimersByTimeAsync(1100);
    expect(finishWrapUp).toHaveBeenCalledTimes(2);
    expect(desk.leave).toHaveBeenCalledExactlyOnceWith("c1", false);
    expect(actions.refusal).toBeNull();
  });

  it("is sent by itself with what was chosen, just before the time is up", async () => {
    const finishWrapUp = vi.fn(() => Promise.resolve(undefined));
    const { actions } = make({ finishWrapUp });
    const draft = { disposition: "resolved", note: null };
    actions.keepWrapUp("c1", draft, 30_000);
    await vi.advanceTimersByTimeAsync(28_000);
    expect(finishWrapUp).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2000);
    expect(finishWrapUp).toHaveBeenCalledWith("c1", draft);
  });

  it("is not sent when the customer has written again", async () => {
    const finishWrapUp = vi.fn(() => Promise.resolve(undefined));
    const { actions, desk } = make({ finishWrapUp });
    desk.isWrappingUp.mockReturnValue(false);
    actions.keepWrapUp("c1", { disposition: "resolved", note: null }, 10_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(finishWrapUp).not.toHaveBeenCalled();
    expect(actions.wrapUpDraft("c1").disposition).toBe("resolved");
  });
});
