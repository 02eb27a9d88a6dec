/** The agent's calls and what they return. */
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

export interface HandoffSummary {
  reason: string | null;
  topic: string | null;
  wish: string | null;
  tried: { question: string; intent: string | null; card_type: string | null }[];
  verified_level: string | null;
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
  invoices: InvoiceFacts[];
  change: DifferenceCard | null;
  audit: AuditFacts | null;
}

export interface TranscriptOut {
  conversation: ConversationOut;
  messages: MessageOut[];
  summary: HandoffSummary;
  customer: CustomerOverview | null;
}

export interface ConsoleEvent extends NumberedEvent {
  offer?: OfferOut;
  conversation?: ConversationRow;
  conversation_id?: string;
  message?: MessageOut;
}

export type ConsoleServerFrame =
  | { type: "ready"; last_event: number }
  | EventsFrame<ConsoleEvent>
  | { type: "presence.changed"; agent: AgentOut }
  | { type: "queue.changed"; queue: QueueOut }
  | { type: "typing"; conversation_id: string; sender: Sender }
  | { type: "error"; error: string; text: string }
  | { type: "pong" };

export type ConsoleClientFrame =
  | { type: "hello"; after: number }
  | { type: "events.get"; after: number }
  | { type: "typing"; conversation_id: string };

const conversations = "/api/console/conversations";

/** Everything the console asks of the server; a test may hand over its own. */
export const consoleApi = {
  signIn: (email: string, password: string) => callJson<AgentOut>("/api/agents/login", "POST", { email, password }),
  signOut: () => callJson<undefined>("/api/agents/logout", "POST", {}),
  setPresence: (status: "available" | "away") => callJson<AgentOut>("/api/agents/me/presence", "PUT", { status }),
  getConsole: () => callJson<ConsoleOut>("/api/console"),
  getTranscript: (id: string) => callJson<TranscriptOut>(`${conversations}/${id}`),
  postReply: (id: string, clientMsgId: string, text: string) =>
    callJson<MessageOut>(`${conversations}/${id}/messages`, "POST", { client_msg_id: clientMsgId, text }),
  close: (id: string) => callJson<ConversationRow>(`${conversations}/${id}/close`, "POST", {}),
  accept: (offerId: string) => callJson<ConversationRow>(`/api/offers/${offerId}/accept`, "POST", {}),
  decline: (offerId: string) => callJson<undefined>(`/api/offers/${offerId}/decline`, "POST", {}),
};

export type ConsoleApi = typeof consoleApi;
