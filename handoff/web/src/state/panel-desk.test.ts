import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ApprovalApi, PanelApi } from "../api/actions.ts";
import type { AgentOut } from "../api/console.ts";
import { makeApproval, makePanelApi } from "../testing/panel-factories.ts";
import { PanelBook } from "./panel-book.ts";
import { PanelDesk } from "./panel-desk.ts";
import { MemoryStore } from "./storage.ts";

const MIA: AgentOut = { id: "a1", name: "Mia", email: "mia@example.org", language: "en", presence: "available", role: "agent" };
const KERSTIN: AgentOut = { ...MIA, id: "a2", role: "supervisor" };

const list = vi.fn<ApprovalApi["list"]>(() => Promise.resolve([makeApproval()]));
const changed = vi.fn();
let panels: ReturnType<typeof makePanelApi>;
let desk: PanelDesk;

beforeEach(() => {
  vi.useFakeTimers();
  list.mockClear();
  changed.mockClear();
  panels = makePanelApi();
  const api: PanelApi & ApprovalApi = { ...panels, list, decide: () => Promise.resolve(makeApproval()) };
  desk = new PanelDesk(new MemoryStore(), changed, api);
});

afterEach(() => {
  desk.stop();
  vi.useRealTimers();
});

it("asks for approvals for a supervisor only, and again when they change", async () => {
  desk.start(MIA);
  desk.hear({ type: "approvals.changed" });
  expect(list).not.toHaveBeenCalled();
  desk.stop();
  desk.start(KERSTIN);
  desk.hear({ type: "approvals.changed" });
  await vi.advanceTimersByTimeAsync(0);
  expect(list).toHaveBeenCalledTimes(2);
});

it("fetches an open panel anew when something was decided, and tells the desk", async () => {
  desk.start(MIA);
  desk.book.want("c1");
  await vi.advanceTimersByTimeAsync(0);
  desk.hear({ type: "actions.changed", conversation_id: "c1" });
  desk.hear({ type: "actions.changed", conversation_id: "not open" });
  await vi.advanceTimersByTimeAsync(0);
  expect(panels.getFile.mock.calls).toEqual([["c1"], ["c1"]]);
  expect(changed.mock.calls).toEqual([["c1"]]);
});

it("keeps nothing for whoever signs in next", async () => {
  desk.start(MIA);
  desk.book.want("c1");
  await vi.advanceTimersByTimeAsync(0);
  desk.stop();
  desk.start(KERSTIN);
  expect(desk.book.get("c1")).toBeNull();
});

it("keeps no customer's file once they have gone elsewhere, nor what was typed for them", async () => {
  const store = new MemoryStore();
  const book = new PanelBook(panels, store);
  book.setAgent("a1");
  for (const id of ["c1", "c2"]) book.want(id);
  await vi.advanceTimersByTimeAsync(0);
  await book.get("c1")?.actions.load();
  book.get("c1")?.actions.choose("goodwill");
  book.get("c1")?.actions.edit({ note: "Waited long" });
  expect(store.keys("")).toHaveLength(1);
  book.keepOnly(new Set(["c2"]));
  expect([book.get("c1"), book.get("c2")?.file]).toEqual([null, expect.anything()]);
  expect(store.keys("")).toEqual([]);
});
