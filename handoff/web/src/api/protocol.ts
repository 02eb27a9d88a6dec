/** The wire: what the server and the browser say to each other. Types only, no behaviour. */

export type Language = "en" | "de" | "fi";
export type ConversationStatus = "with_bot" | "queued" | "offered" | "active" | "wrap_up" | "closed";
export type Channel = "webchat" | "sms" | "voice";
export type Sender = "customer" | "bot" | "agent" | "system";

/** The range of minutes that the rest of a wait should not exceed. */
export type WaitBucket = "lt1" | "1_2" | "2_5" | "5_10" | "gt10";
export type CallbackWay = "call" | "message";

/** What was promised to a customer who does not wait; not before `slot_from`. */
export interface CallbackOut {
  status: string;
  way: CallbackWay;
  slot_from: string | null;
  /** Calls that were not answered. */
  attempts: number;
  phone_ending: string | null;
}

export interface WaitOut {
  /** Null: as soon as possible, nobody can say more. */
  bucket: WaitBucket | null;
  /** The range told last was longer than the one before. */
  raised: boolean;
  /** Somebody more urgent was let ahead. */
  overtaken: boolean;
  callback_offered: boolean;
  /** We are closed until then. */
  opens_at: string | null;
  callback: CallbackOut | null;
  /** Of the number that may be called; null when none is known. */
  phone_ending: string | null;
  /** When a callback can begin. */
  slots: string[];
}

export interface ConversationOut {
  id: string;
  status: ConversationStatus;
  language: Language;
  channel: Channel;
  agent: { name: string } | null;
  verified: boolean;
  queue_position: number | null;
  wait?: WaitOut | null;
  /** The last message that each side has had before its eyes; 0 for none. */
  seen?: { customer: number; agent: number };
  /** A closed conversation goes on when the customer writes in it before then. */
  reopens_until?: string | null;
}

export interface ButtonOut {
  id: string;
  title: string;
}

export interface MessageOut {
  seq: number;
  sender: Sender;
  text: string;
  card: Card | null;
  buttons: ButtonOut[];
  agent_name: string | null;
  client_msg_id: string | null;
  sent_at: string;
  /** For consoles: how far a message of ours has got. */
  state?: MessageState | null;
}

export type MessageState = "sending" | "sent" | "delivered" | "undelivered" | "seen";

/** A figure on a card stands in minor units; periods are months such as "2026-10". */
export interface BillFacts {
  number: string;
  period: string;
  total_minor: number;
}

export interface InvoiceFacts extends BillFacts {
  due_on: string | null;
  status: string;
}

export interface Cause {
  code: string;
  amount_minor: number;
  recurring: boolean;
  facts: Record<string, string | number | boolean | null>;
}

export interface CodeCard {
  type: "code";
  expires_at: string;
  length: number;
}

export interface DifferenceCard {
  type: "difference";
  currency: string;
  previous: BillFacts | null;
  current: BillFacts;
  difference_minor: number;
  causes: Cause[];
  expected_next_minor: number | null;
}

export interface BillCard extends InvoiceFacts {
  type: "bill";
  currency: string;
  /** What is left to pay; cards from before credit notes have none. */
  open_minor?: number;
}

export interface InvoicesCard {
  type: "invoices";
  currency: string;
  items: InvoiceFacts[];
}

export interface FileCard {
  type: "file";
  id: string;
  name: string;
  media_type: string;
  size: number;
}

export type Card = CodeCard | DifferenceCard | BillCard | InvoicesCard | FileCard;

/** Numbers have no gaps within one stream; a client that sees one asks for what is missing. */
export interface NumberedEvent {
  number: number;
  name: string;
}

export interface ConversationEvent extends NumberedEvent {
  message?: MessageOut;
  conversation?: ConversationOut;
}

export interface EventsFrame<E extends NumberedEvent> {
  type: "events";
  events: E[];
  more: boolean;
}

export interface ErrorFrame {
  type: "error";
  error: string;
  text: string;
  client_msg_id?: string | null;
}

export type ServerFrame =
  | { type: "ready"; conversation: ConversationOut; last_event: number }
  | { type: "message.stored"; client_msg_id: string; seq: number }
  | EventsFrame<ConversationEvent>
  | { type: "typing"; sender: Sender }
  | { type: "seen"; customer: number; agent: number }
  | { type: "pong" }
  | ErrorFrame;

export type ClientFrame =
  | { type: "hello"; token: string; after: number }
  | { type: "message.send"; client_msg_id: string; text: string }
  | { type: "button.press"; client_msg_id: string; button_id: string }
  | { type: "handoff.request"; client_msg_id: string }
  | { type: "callback.request"; client_msg_id: string; way: CallbackWay; slot_from?: string }
  | { type: "callback.cancel"; client_msg_id: string }
  | { type: "queue.leave"; client_msg_id: string }
  | { type: "seen"; seq: number }
  | { type: "language.set"; language: Language }
  | { type: "events.get"; after: number }
  | { type: "typing" }
  | { type: "ping" };

/** The longest message that the server stores, in characters. */
export const MESSAGE_LIMIT = 2000;

/** The server closes a socket with this code when the token is unknown to it. */
export const CLOSE_UNAUTHORISED = 4401;
