/** From stored messages and the outbox to what is drawn: order, no doubles, groups with one time each. Pure. */
import type { ButtonOut, MessageOut, Sender } from "../api/protocol.ts";
import type { OutboxEntry } from "./outbox.ts";

export type Delivery = "stored" | "sending" | "failed";

export interface Line {
  key: string;
  sender: Sender;
  agentName: string | null;
  text: string;
  sentAt: number;
  delivery: Delivery;
  /** The server's reason when `delivery` is failed. */
  refusal: string | null;
  message: MessageOut | null;
  /** A file that is being sent; `progress` from 0 to 1. */
  upload?: { name: string; size: number; progress: number };
}

export interface LineGroup {
  key: string;
  sender: Sender;
  agentName: string | null;
  startedAt: number;
  lines: Line[];
}

const GROUP_WITHIN_MS = 5 * 60_000;
export const HIDDEN_CODE = "••••••";

/** Add messages to a list that is kept in order of `seq`; a known `seq` is replaced. */
export function mergeMessages(known: readonly MessageOut[], added: readonly MessageOut[]): MessageOut[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of added) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function storedLine(message: MessageOut): Line {
  return {
    key: message.client_msg_id ?? `seq-${message.seq}`,
    sender: message.sender,
    agentName: message.agent_name,
    text: message.text,
    sentAt: Date.parse(message.sent_at),
    delivery: "stored",
    refusal: null,
    message,
  };
}

function pendingLine(entry: OutboxEntry, sender: Sender): Line {
  return {
    key: entry.id,
    sender,
    agentName: null,
    text: entry.isSecret ? HIDDEN_CODE : entry.text,
    sentAt: entry.createdAt,
    delivery: entry.refusal === null ? "sending" : "failed",
    refusal: entry.refusal,
    message: null,
  };
}

/** Stored messages first, then what is still on its way; an entry that is already stored is not drawn twice. */
export function toLines(messages: readonly MessageOut[], pending: readonly OutboxEntry[], sender: Sender): Line[] {
  const stored = new Set(messages.map((message) => message.client_msg_id));
  const waiting = pending.filter((entry) => !stored.has(entry.id));
  return [...messages.map(storedLine), ...waiting.map((entry) => pendingLine(entry, sender))];
}

/** The customer talks to a person, not to a directory. */
export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}

function openGroup(line: Line): LineGroup {
  const { key, sender, agentName, sentAt } = line;
  return { key, sender, agentName, startedAt: sentAt, lines: [line] };
}

/** Lines of one voice in one go; a group also ends after each message in `breaks`, where something else stands. */
export function toGroups(lines: readonly Line[], breaks: ReadonlySet<number> = new Set()): LineGroup[] {
  const groups: LineGroup[] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    const last = breaks.has(group?.lines.at(-1)?.message?.seq ?? -1) ? undefined : group?.lines.at(-1);
    const isSameVoice = group?.sender === line.sender && (line.message === null || group.agentName === line.agentName);
    if (group && last && isSameVoice && line.sentAt - last.sentAt < GROUP_WITHIN_MS) group.lines.push(line);
    else groups.push(openGroup(line));
  }
  return groups;
}

export interface OfferedButtons {
  seq: number;
  buttons: ButtonOut[];
}

/** Buttons count until the customer has said anything after them. */
export function findOfferedButtons(lines: readonly Line[]): OfferedButtons | null {
  for (const line of [...lines].reverse()) {
    if (line.sender === "customer") return null;
    if (line.message && line.message.buttons.length > 0) return line.message;
  }
  return null;
}

/** Return the seq of the code card that may still take a code: the newest one, not yet answered. */
export function findOpenCodeCard(lines: readonly Line[]): number | null {
  for (const line of [...lines].reverse()) {
    if (line.sender === "customer" && line.text === HIDDEN_CODE && line.delivery !== "failed") return null;
    if (line.message?.card?.type === "code") return line.message.seq;
  }
  return null;
}
