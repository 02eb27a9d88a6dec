import { afterEach, expect, it, vi } from "vitest";
import type { BoardApi } from "../api/board.ts";
import { ApiError } from "../api/http.ts";
import { FakeNetwork } from "../testing/fake-socket.ts";
import { BoardStore } from "./board-store.ts";
import { makeAgent, makeApi, makeBoard, makeWaiting } from "./testing.ts";

const open: BoardStore[] = [];

afterEach(() => {
  for (const store of open.splice(0)) store.stop();
});

async function load(api: Partial<BoardApi> = {}): Promise<{ store: BoardStore; network: FakeNetwork }> {
  const network = new FakeNetwork();
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi(api), connect: network.connect });
  open.push(store);
  await store.load();
  return { store, network };
}

it("shows the snapshot, then whatever the socket brings", async () => {
  const { store, network } = await load();
  expect(network.newest.url).toBe("wss://saldo.example/ws/board");
  network.newest.accept();
  expect(network.newest.sentOf("hello")).toHaveLength(1);

  network.newest.deliver({ type: "board.changed", board: makeBoard({ waiting: [makeWaiting()] }) });

  expect(store.board?.waiting).toHaveLength(1);
});

it.each([
  [401, "signed_out"],
  [404, "forbidden"],
] as const)("knows from %d that the reader is %s", async (status, phase) => {
  const { store, network } = await load({ getBoard: () => Promise.reject(new ApiError(status, "No", null)) });

  expect(store.phase).toBe(phase);
  expect(network.sockets).toHaveLength(0);
});

it("asks again after the socket was refused, and then shows the sign-in", async () => {
  const getBoard = vi.fn(() => Promise.resolve(makeBoard()));
  const { store, network } = await load({ getBoard });
  getBoard.mockImplementation(() => Promise.reject(new ApiError(401, "NotSignedIn", null)));

  network.newest.drop(4401);

  await vi.waitFor(() => {
    expect(store.phase).toBe("signed_out");
  });
});

it("shows a new limit at once, and the old one when the server refuses", async () => {
  const board = makeBoard({ agents: [makeAgent("Mia")] });
  const refuse = vi.fn(() => Promise.reject(new ApiError(422, "InvalidRequest", "That is too many.")));
  const { store } = await load({ getBoard: () => Promise.resolve(board), setLimit: refuse });

  const asked = store.setLimit("agent-Mia", 4);
  expect(store.limitOf("agent-Mia")).toBe(4);
  await asked;

  expect(store.limitOf("agent-Mia")).toBe(3);
  expect(store.refusal).toBe("That is too many.");
});

it("keeps a limit that was asked for until a snapshot shows it", async () => {
  const board = makeBoard({ agents: [makeAgent("Mia")] });
  const { store, network } = await load({ getBoard: () => Promise.resolve(board) });
  await store.setLimit("agent-Mia", 4);

  network.newest.deliver({ type: "board.changed", board });
  expect(store.limitOf("agent-Mia")).toBe(4);
  network.newest.deliver({ type: "board.changed", board: makeBoard({ agents: [makeAgent("Mia", { capacity: 4 })] }) });
  network.newest.deliver({ type: "board.changed", board: makeBoard({ agents: [makeAgent("Mia", { capacity: 2 })] }) });

  expect(store.limitOf("agent-Mia")).toBe(2);
});

it.each([0, 21])("asks for no limit of %d", async (capacity) => {
  const setLimit = vi.fn(() => Promise.resolve({ capacity }));
  const { store } = await load({ setLimit });

  await store.setLimit("agent-Mia", capacity);

  expect(setLimit).not.toHaveBeenCalled();
});

it("says whether an assignment was done, and why not", async () => {
  const taken = new ApiError(409, "AlreadyTaken", "Aino has already taken this conversation.");
  const { store } = await load({ assign: () => Promise.reject(taken) });

  expect(await store.assign("entry-1", "agent-Mia")).toBe(false);
  expect(store.refusal).toBe("Aino has already taken this conversation.");
  expect(await store.reassign("conversation-1", "agent-Mia")).toBe(true);
  expect(store.refusal).toBeNull();
});

it("does not sign out who holds conversations, and says why", async () => {
  const held = new ApiError(409, "ConversationsHeld", "Conversations still open: 1. Close them before you sign out.");
  const { store, network } = await load({ signOut: () => Promise.reject(held) });
  await store.signOut();
  expect([store.phase, store.refusal]).toEqual(["ready", "Conversations still open: 1. Close them before you sign out."]);
  expect(network.sockets).toHaveLength(1);

  store.dismiss();
  expect(store.refusal).toBeNull();
});

it("turns to the day before and back, and never to a day to come", async () => {
  const getDay = vi.fn((date: string) => Promise.resolve({ date, promise_permille: 800, half_hours: [], queues: [] }));
  const { store } = await load({ getDay });

  await store.turnDay(-1);
  expect(store.day?.date).toBe("2026-11-20");
  await store.turnDay(1);
  expect([store.day?.date, store.chosenDay]).toEqual(["2026-11-21", null]);
  await store.turnDay(1);

  expect(store.date).toBe("2026-11-21");
});
