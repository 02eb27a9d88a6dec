/** The supervisor's calls and what the board is told. */
import type { AgentOut } from "./console.ts";
import { callJson } from "./http.ts";
import type { Channel, Language } from "./protocol.ts";

export type Unit = "count" | "seconds" | "permille";
export type AgentState = "free" | "busy" | "wrap_up" | "away" | "offline";
export type AlarmKind = "sla_broken" | "sweep_hit" | "agent_lost" | "callback_failed" | "unanswered";
export type Outcome = "answered" | "abandoned" | "to_bot" | "callback" | "waiting";

export interface BoardNumber {
  name: string;
  unit: Unit;
  value: number | null;
  target: number | null;
  broken: boolean;
  /** The last hour in equal steps, the newest last. */
  history: (number | null)[];
}

export interface Figures {
  offered: number;
  answered: number;
  abandoned: number;
  service_level: number | null;
  wait_p80: number | null;
}

export interface QueueLine {
  queue: string;
  language: Language;
  waiting: number;
  oldest_seconds: number | null;
  expected_seconds: number | null;
  promise_seconds: number | null;
  promise_permille: number | null;
  broken: boolean;
  agents_free: number;
  agents_present: number;
  today: Figures;
}

export interface BoardAgent {
  id: string;
  name: string;
  state: AgentState;
  since: string;
  reason: string;
  skills: string[];
  capacity: number;
  conversations: number;
  wrap_ups: number;
  answered: number;
  missed: number;
  declined: number;
  occupancy: number | null;
  handle_seconds: number | null;
}

export interface WaitingEntry {
  entry_id: string;
  conversation_id: string;
  queue: string;
  language: Language;
  channel: Channel;
  kind: "live" | "callback";
  requested_at: string;
  waited_seconds: number;
  due_at: string | null;
  not_before: string | null;
  broken: boolean;
  offered_to: string | null;
}

export interface BoardAlarm {
  id: string;
  kind: AlarmKind;
  raised_at: string;
  due_at: string;
  conversation_id: string | null;
  queue: string | null;
  language: Language | null;
  agent_name: string | null;
}

/** An agent, and a customer with them, waits for the OK of a supervisor. */
export interface ApprovalWaiting {
  id: string;
  agent_name: string | null;
  asked_at: string;
}

export interface BoardOut {
  at: string;
  /** The day where the contact centre stands. */
  today: string;
  numbers: BoardNumber[];
  day: BoardNumber[];
  queues: QueueLine[];
  agents: BoardAgent[];
  waiting: WaitingEntry[];
  alarms: BoardAlarm[];
  approvals: ApprovalWaiting[];
  dead_letters: number;
}

export interface HalfHour {
  begin: string;
  offered: number;
  answered: number;
  abandoned: number;
  service_level: number | null;
  wait_p80: number | null;
  needed: number | null;
  present: number | null;
}

export interface HourOfQueue {
  queue: string;
  begin: string;
  answered: number;
  wait_p50: number | null;
  wait_p80: number | null;
  wait_p95: number | null;
}

export interface DayOut {
  date: string;
  promise_permille: number;
  half_hours: HalfHour[];
  queues: HourOfQueue[];
}

export interface ContactRow {
  number: number;
  conversation_id: string;
  queue: string;
  language: Language;
  channel: Channel;
  outcome: Outcome;
  requested_at: string;
  wait_seconds: number;
  is_open: boolean;
  agent_name: string | null;
  counts: boolean;
}

export interface ContactsOut {
  number: string;
  unit: Unit;
  value: number | null;
  parts: Record<string, number | null>;
  total: number;
  contacts: ContactRow[];
}

/** A number, and whose it is. */
export interface Question {
  number: string;
  queue?: string;
  language?: string;
  agent_id?: string;
}

export type BoardFrame = { type: "ready" } | { type: "board.changed"; board: BoardOut } | { type: "pong" };
export type BoardHello = { type: "hello" };

/** Everything the board asks of the server; a test may hand over its own. */
export const boardApi = {
  signIn: (email: string, password: string) => callJson<AgentOut>("/api/agents/login", "POST", { email, password }),
  signOut: () => callJson<undefined>("/api/agents/logout", "POST", {}),
  getBoard: () => callJson<BoardOut>("/api/board"),
  getDay: (date: string) => callJson<DayOut>(`/api/board/day?date=${encodeURIComponent(date)}`),
  getContacts: (question: Question) =>
    callJson<ContactsOut>(`/api/board/contacts?${new URLSearchParams({ ...question }).toString()}`),
  assign: (entryId: string, agentId: string) =>
    callJson<unknown>(`/api/board/entries/${entryId}/assign`, "POST", { agent_id: agentId }),
  reassign: (conversationId: string, agentId: string) =>
    callJson<unknown>(`/api/board/conversations/${conversationId}/reassign`, "POST", { agent_id: agentId }),
  setLimit: (agentId: string, capacity: number) =>
    callJson<{ capacity: number }>(`/api/board/agents/${agentId}/limit`, "PUT", { capacity }),
  endAlarm: (alarmId: string) => callJson<undefined>(`/api/board/alarms/${alarmId}/end`, "POST", {}),
};

export type BoardApi = typeof boardApi;
