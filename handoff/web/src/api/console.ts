/**
 * The agent's calls and what they return. What an older server does not tell is optional here: the desk shows less then,
 * and works.
 */
import type { FindingFacts } from "./actions.ts";
import { sendFile } from "./files.ts";
import { callJson } from "./http.ts";
import type {
  Channel,
  ConversationOut,
  ConversationStatus,
  DifferenceCard,
  EventsFrame,
  InvoiceFacts,
  Language,
  MessageOut,
  MessageState,
  NumberedEvent,
  Sender,
} from "./protocol.ts";

export type Presence = "offline" | "available" | "busy" | "wrap_up" | "away";

export interface AgentOut {
  id: string;
  name: string;
  email: string;
  language: Language;
  presence: Presence;
  role?: "agent" | "supervisor";
  skills?: string[];
  /** How many chats at once. */
  capacity?: number;
  /** Why the presence is what it is, such as "missed"; null when the agent chose it. */
  presence_reason?: string | null;
  presence_since?: string | null;
}

export interface OfferOut {
  id: string;
  conversation_id: string;
  status: "pending" | "accepted" | "declined" | "expired" | "withdrawn";
  expires_at: string;
  seconds_left: number;
  language: Language;
  channel: Channel;
  topic: string;
  reason: string;
  verified_level: string | null;
  waited_seconds: number;
  wish: string | null;
  queue?: string;
  kind?: EntryKind;
  customer_name?: string | null;
  /** One line that is read in five seconds. */
  summary?: string;
  findings?: number;
  /** What a colleague who handed it on wrote. */
  note?: string | null;
}

export type EntryKind = "live" | "callback";

/** The last message that each side has had before its eyes; 0 for none. */
export interface SeenOut {
  customer: number;
  agent: number;
}

export interface WrapUpOut {
  ends_at: string;
  seconds_left: number;
  dispositions: string[];
}

export interface CallOut {
  id: string;
  way: "call" | "message";
  phone: string | null;
  /** Calls that nobody answered so far. */
  attempts: number;
}

export interface WaitingRow {
  entry_id: string;
  conversation_id: string;
  queue: string;
  language: Language;
  channel: Channel;
  topic: string;
  wish: string | null;
  waited_seconds: number;
  kind: EntryKind;
}

export interface ConversationRow {
  id: string;
  status: ConversationStatus;
  language: Language;
  channel: Channel;
  customer_name: string | null;
  verified: boolean;
  last_text: string | null;
  last_sender: Sender | null;
  unanswered_since: string | null;
  topic: string | null;
  agent_id?: string | null;
  /** Messages of the customer that the agent has not seen. */
  unread?: number;
  queue?: string | null;
  wrap_up?: WrapUpOut | null;
  /** The call that the agent is to make now. */
  callback?: CallOut | null;
  seen?: SeenOut;
  viewers?: string[];
  /** The last message that the row has counted in. */
  last_seq?: number;
  /** Since when the agent has had it. */
  since?: string | null;
}

export interface QueueOut {
  waiting: number;
  oldest_wait_seconds: number | null;
}

export interface ConsoleOut {
  agent: AgentOut;
  last_event: number;
  offer: OfferOut | null;
  conversations: ConversationRow[];
  queue: QueueOut;
}

/** A figure that a card of the assistant showed. Of a difference, `amount_minor` is by how much the bill differs. */
export interface ShownFact {
  seq: number;
  type: "bill" | "difference" | "invoices";
  amount_minor: number;
  currency: string;
  number: string | null;
  period: string | null;
  due_on: string | null;
  status: string | null;
}

export interface SummaryFindings {
  count: number;
  owed_minor: number;
  currency: string;
  detectors: string[];
}

export interface HandoffSummary {
  reason: string | null;
  topic: string | null;
  wish: string | null;
  tried: { question: string; intent: string | null; card_type: string | null }[];
  verified_level: string | null;
  line?: string;
  wishes?: string[];
  facts?: ShownFact[];
  findings?: SummaryFindings | null;
  sentiment?: { code: string; signals: string[] };
  transfer?: { from_name: string; note: string | null; at: string } | null;
}

/** What an agent wrote for colleagues only; it stands after the message `after_seq`. */
export interface NoteOut {
  id: string;
  client_note_id: string;
  kind?: "note" | "transfer" | "whisper";
  agent_name: string;
  mine?: boolean;
  after_seq: number;
  text: string;
  written_at: string;
}

export interface ColleagueOut {
  id: string;
  name: string;
  presence: Presence;
  /** There is a sign of life of their console. */
  live?: boolean;
  /** How many more chats they could take. */
  free: number;
  languages: Language[];
  skills?: string[];
}

export interface ColleaguesOut {
  queues: string[];
  colleagues: ColleagueOut[];
}

/** A reply ready to send; `unfilled` names the placeholders that are left for the agent. */
export interface CannedOut {
  key: string;
  shortcut?: string;
  title: string;
  text: string;
  unfilled?: string[];
}

/** What was done so that the customer proves who they are: asked for the number, or sent a code to the known phone. */
export interface ProofRequest {
  state: "verified" | "number_asked" | "code_sent";
}

export interface TransferTo {
  queue?: string;
  language?: Language;
  agent_id?: string;
  note?: string;
}

export interface WrapUpDone {
  disposition: string | null;
  note: string | null;
}

/** What the check of all bills says; `detectors` are codes, each once. */
export interface AuditFacts {
  verdict: string;
  owed_minor: number;
  currency: string;
  detectors: string[];
}

export interface CustomerOverview {
  name: string;
  number: string;
  language: Language;
  country: string;
  plan: string | null;
  contract_since: string | null;
  balance: { amount_minor: number; currency: string; due_on: string | null; overdue: boolean };
  /** `open_minor`: what is still to pay of it. */
  invoices: (InvoiceFacts & { open_minor?: number })[];
  change: DifferenceCard | null;
  audit: AuditFacts | null;
  findings?: FindingFacts[];
}

export interface TranscriptOut {
  conversation: ConversationOut;
  messages: MessageOut[];
  summary: HandoffSummary;
  customer: CustomerOverview | null;
  notes?: NoteOut[];
  /** A supervisor reads along; only the agent who holds the conversation may write. */
  joined?: boolean;
  viewers?: string[];
}

export interface ConsoleEvent extends NumberedEvent {
  /** Of one that has ended there is no more than its ids and its status. */
  offer?: OfferOut;
  conversation?: ConversationRow;
  conversation_id?: string;
  message?: MessageOut;
  note?: NoteOut;
}

export type ConsoleServerFrame =
  | { type: "ready"; last_event: number }
  | EventsFrame<ConsoleEvent>
  | { type: "presence.changed"; agent: AgentOut }
  | { type: "queue.changed"; queue: QueueOut }
  | { type: "typing"; conversation_id: string; sender: Sender }
  | { type: "viewers"; conversation_id: string; names: string[] }
  | { type: "seen"; conversation_id: string; customer: number; agent: number }
  | { type: "delivery"; conversation_id: string; states: { seq: number; state: MessageState }[] }
  | { type: "actions.changed"; conversation_id: string }
  | { type: "approvals.changed" }
  | { type: "pulse" }
  | { type: "error"; error: string; text: string }
  | { type: "pong" };

export type ConsoleClientFrame =
  | { type: "hello"; after: number }
  | { type: "events.get"; after: number }
  | { type: "typing"; conversation_id: string }
  | { type: "viewing"; conversation_id: string | null }
  | { type: "seen"; conversation_id: string; seq: number }
  | { type: "ping" };

const conversations = "/api/console/conversations";

/** Everything the console asks of the server; a test may hand over its own. */
export const consoleApi = {
  signIn: (email: string, password: string) => callJson<AgentOut>("/api/agents/login", "POST", { email, password }),
  signOut: () => callJson<undefined>("/api/agents/logout", "POST", {}),
  setPresence: (status: "available" | "away") => callJson<AgentOut>("/api/agents/me/presence", "PUT", { status }),
  setLanguage: (language: Language) => callJson<AgentOut>("/api/agents/me/language", "PUT", { language }),
  getConsole: () => callJson<ConsoleOut>("/api/console"),
  getTranscript: (id: string) => callJson<TranscriptOut>(`${conversations}/${id}`),
  postReply: (id: string, clientMsgId: string, text: string) =>
    callJson<MessageOut>(`${conversations}/${id}/messages`, "POST", { client_msg_id: clientMsgId, text }),
  postNote: (id: string, clientNoteId: string, text: string) =>
    callJson<NoteOut>(`${conversations}/${id}/notes`, "POST", { client_note_id: clientNoteId, text }),
  close: (id: string) => callJson<ConversationRow>(`${conversations}/${id}/close`, "POST", {}),
  accept: (offerId: string) => callJson<ConversationRow>(`/api/offers/${offerId}/accept`, "POST", {}),
  decline: (offerId: string) => callJson<undefined>(`/api/offers/${offerId}/decline`, "POST", {}),
  finishWrapUp: (id: string, done: WrapUpDone) => callJson<unknown>(`${conversations}/${id}/wrap-up`, "POST", done),
  transfer: (id: string, to: TransferTo) => callJson<unknown>(`${conversations}/${id}/transfer`, "POST", to),
  returnToBot: (id: string) => callJson<unknown>(`${conversations}/${id}/return-to-bot`, "POST", {}),
  reportCall: (callbackId: string, isReached: boolean) =>
    callJson<unknown>(`/api/console/callbacks/${callbackId}/outcome`, "POST", { reached: isReached }),
  requestProof: (id: string) => callJson<ProofRequest>(`${conversations}/${id}/verify-request`, "POST", {}),
  listWaiting: () => callJson<WaitingRow[]>("/api/console/waiting"),
  take: (entryId: string) => callJson<ConversationRow>(`/api/console/entries/${entryId}/take`, "POST", {}),
  listColleagues: () => callJson<ColleaguesOut>("/api/console/colleagues"),
  listCanned: (id: string, language: Language) =>
    callJson<CannedOut[]>(`/api/console/canned?${new URLSearchParams({ conversation_id: id, language, q: "" }).toString()}`),
  uploadFile: (id: string, clientFileId: string, file: File) => sendFile(`${conversations}/${id}/files`, clientFileId, file),
};

export type ConsoleApi = typeof consoleApi;
