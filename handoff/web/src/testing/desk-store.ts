/** A desk at work for tests: its server answers from a list of spies, its socket is in the test's hands. */
import { vi } from "vitest";
import type { AgentOut, ConsoleApi, ConsoleOut, ConversationRow, OfferOut, TranscriptOut } from "../api/console.ts";
import { ConsoleStore } from "../state/console-store.ts";
import { type KeyValueStore, MemoryStore } from "../state/storage.ts";
import { makeConversation, makeMessage, makeNote } from "./factories.ts";
import { FakeNetwork } from "./fake-socket.ts";

export const agent: AgentOut = { id: "a1", name: "Mia", email: "mia@nordlicht.example", language: "de", presence: "available" };
export const row: ConversationRow = {
  id: "c1",
  status: "active",
  language: "de",
  channel: "webchat",
  customer_name: "Jana",
  verified: true,
  last_text: null,
  last_sender: null,
  unanswered_since: null,
  topic: "bills",
};
export const offer: OfferOut = {
  id: "o1",
  conversation_id: "c1",
  status: "pending",
  expires_at: "2026-11-21T12:00:20Z",
  seconds_left: 20,
  language: "de",
  channel: "webchat",
  topic: "bills",
  reason: "asked_for_person",
  verified_level: "code",
  waited_seconds: 5,
  wish: "Why is my bill higher?",
};

export function makeSnapshot(changes: Partial<ConsoleOut> = {}): ConsoleOut {
  const queue = { waiting: 0, oldest_wait_seconds: null };
  return { agent, last_event: 0, offer: null, conversations: [], queue, ...changes };
}

export function makeTranscript(changes: Partial<TranscriptOut> = {}): TranscriptOut {
  const summary = { reason: null, topic: null, wish: null, tried: [], verified_level: null };
  return { conversation: makeConversation({ status: "active" }), messages: [makeMessage(1)], summary, customer: null, ...changes };
}

export function makeApi(snapshot = makeSnapshot()): { [K in keyof ConsoleApi]: ReturnType<typeof vi.fn<ConsoleApi[K]>> } {
  return {
    signIn: vi.fn<ConsoleApi["signIn"]>(() => Promise.resolve(agent)),
    signOut: vi.fn<ConsoleApi["signOut"]>(() => Promise.resolve(undefined)),
    setPresence: vi.fn<ConsoleApi["setPresence"]>((presence) => Promise.resolve({ ...agent, presence })),
    setLanguage: vi.fn<ConsoleApi["setLanguage"]>((language) => Promise.resolve({ ...agent, language })),
    getConsole: vi.fn<ConsoleApi["getConsole"]>(() => Promise.resolve(snapshot)),
    getTranscript: vi.fn<ConsoleApi["getTranscript"]>(() => Promise.resolve(makeTranscript())),
    postReply: vi.fn<ConsoleApi["postReply"]>((_id, key, text) =>
      Promise.resolve(makeMessage(3, { sender: "agent", text, client_msg_id: key })),
    ),
    close: vi.fn<ConsoleApi["close"]>(() => Promise.resolve({ ...row, status: "closed" })),
    accept: vi.fn<ConsoleApi["accept"]>(() => Promise.resolve(row)),
    decline: vi.fn<ConsoleApi["decline"]>(() => Promise.resolve(undefined)),
    postNote: vi.fn<ConsoleApi["postNote"]>((_id, key, text) => Promise.resolve(makeNote("n1", { client_note_id: key, text }))),
    finishWrapUp: vi.fn<ConsoleApi["finishWrapUp"]>(() => Promise.resolve(undefined)),
    transfer: vi.fn<ConsoleApi["transfer"]>(() => Promise.resolve(undefined)),
    returnToBot: vi.fn<ConsoleApi["returnToBot"]>(() => Promise.resolve(undefined)),
    reportCall: vi.fn<ConsoleApi["reportCall"]>(() => Promise.resolve(undefined)),
    requestProof: vi.fn<ConsoleApi["requestProof"]>(() => Promise.resolve({ state: "code_sent" })),
    listWaiting: vi.fn<ConsoleApi["listWaiting"]>(() => Promise.resolve([])),
    take: vi.fn<ConsoleApi["take"]>(() => Promise.resolve(row)),
    listColleagues: vi.fn<ConsoleApi["listColleagues"]>(() => Promise.resolve({ queues: [], colleagues: [] })),
    listCanned: vi.fn<ConsoleApi["listCanned"]>(() => Promise.resolve([])),
    uploadFile: vi.fn<ConsoleApi["uploadFile"]>(() => Promise.resolve(makeMessage(4, { sender: "agent" }))),
  };
}

export async function makeDesk(
  snapshot = makeSnapshot(),
  store: KeyValueStore = new MemoryStore(),
): Promise<{ desk: ConsoleStore; api: ReturnType<typeof makeApi>; network: FakeNetwork }> {
  const network = new FakeNetwork();
  const api = makeApi(snapshot);
  const options = { origin: "http://host", api, store, connect: network.connect, now: () => 50_000 };
  const desk = new ConsoleStore(options);
  await desk.load();
  network.newest.accept();
  network.newest.deliver({ type: "ready", last_event: snapshot.last_event });
  // What the ready line asks for comes before the test begins.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return { desk, api, network };
}
