/** A board for tests. */
import type { BoardAgent, BoardApi, BoardNumber, BoardOut, ContactsOut, DayOut, QueueLine, WaitingEntry } from "../api/board.ts";

export function makeNumber(name: string, value: number | null, more: Partial<BoardNumber> = {}): BoardNumber {
  return { name, unit: "count", value, target: null, broken: false, history: [], ...more };
}

export function makeAgent(name: string, more: Partial<BoardAgent> = {}): BoardAgent {
  return {
    id: `agent-${name}`,
    name,
    state: "free",
    since: "2026-11-21T08:00:00Z",
    reason: "chosen",
    skills: ["language:de", "language:en"],
    capacity: 3,
    conversations: 0,
    wrap_ups: 0,
    answered: 0,
    missed: 0,
    declined: 0,
    occupancy: null,
    handle_seconds: null,
    ...more,
  };
}

export function makeWaiting(more: Partial<WaitingEntry> = {}): WaitingEntry {
  return {
    entry_id: "entry-1",
    conversation_id: "conversation-1",
    queue: "bills",
    language: "de",
    channel: "webchat",
    kind: "live",
    requested_at: "2026-11-21T09:00:00Z",
    waited_seconds: 72,
    due_at: "2026-11-21T09:01:00Z",
    not_before: null,
    broken: true,
    offered_to: null,
    ...more,
  };
}

export function makeLine(more: Partial<QueueLine> = {}): QueueLine {
  const today = { offered: 10, answered: 9, abandoned: 1, service_level: 790, wait_p80: 42 };
  return {
    queue: "bills",
    language: "de",
    waiting: 1,
    oldest_seconds: 72,
    expected_seconds: 120,
    promise_seconds: 60,
    promise_permille: 800,
    broken: true,
    agents_free: 1,
    agents_present: 4,
    today,
    ...more,
  };
}

export function makeBoard(more: Partial<BoardOut> = {}): BoardOut {
  return {
    at: "2026-11-21T09:01:12Z",
    today: "2026-11-21",
    numbers: [],
    day: [],
    queues: [],
    agents: [],
    waiting: [],
    alarms: [],
    approvals: [],
    dead_letters: 0,
    ...more,
  };
}

export function makeDay(more: Partial<DayOut> = {}): DayOut {
  return { date: "2026-11-21", promise_permille: 800, half_hours: [], queues: [], ...more };
}

export function makeContacts(more: Partial<ContactsOut> = {}): ContactsOut {
  return { number: "service_level", unit: "permille", value: 500, parts: {}, total: 0, contacts: [], ...more };
}

/** An API that answers with a quiet board unless told otherwise. */
export function makeApi(more: Partial<BoardApi> = {}): BoardApi {
  return {
    signIn: () => Promise.reject(new Error("nobody signs in here")),
    signOut: () => Promise.resolve(undefined),
    getBoard: () => Promise.resolve(makeBoard()),
    getDay: (date) => Promise.resolve(makeDay({ date })),
    getContacts: () => Promise.resolve(makeContacts()),
    assign: () => Promise.resolve(undefined),
    reassign: () => Promise.resolve(undefined),
    setLimit: (_agentId, capacity) => Promise.resolve({ capacity }),
    endAlarm: () => Promise.resolve(undefined),
    ...more,
  };
}
