/** The agent's list of conversations: what an event changes in it, and in which order it needs the agent. Pure. */
import type { ConversationRow } from "../api/console.ts";
import type { MessageOut } from "../api/protocol.ts";

export interface DeskRow extends ConversationRow {
  unread: number;
  /** The last message that `unread` counts in; 0 when the server has not told. */
  countedSeq: number;
  /** When the wrap-up ends by this machine's clock, so that a wrong clock does not shorten it. */
  wrapUpEndsAt: number | null;
}

/** Take over what the server says of a conversation; where it does not count, what the agent has not read stays unread. */
export function putRow(rows: readonly DeskRow[], row: ConversationRow, now = 0): DeskRow[] {
  const known = rows.find(({ id }) => id === row.id);
  const unread = row.unread ?? known?.unread ?? 0;
  const countedSeq = row.last_seq ?? known?.countedSeq ?? 0;
  const wrapUpEndsAt = row.wrap_up ? now + row.wrap_up.seconds_left * 1000 : null;
  const put = { ...row, unread, countedSeq, wrapUpEndsAt };
  // In its place, so that rows of one rank do not change places with every event.
  return known ? rows.map((each) => (each === known ? put : each)) : [...rows, put];
}

/** The server's whole list replaces ours; the one being looked at stays, so that nothing vanishes under the reader. */
export function replaceRows(
  rows: readonly DeskRow[],
  told: readonly ConversationRow[],
  chosenId: string | null,
  now: number,
): DeskRow[] {
  const kept = rows.filter(({ id }) => id === chosenId || told.some((row) => row.id === id));
  return told.reduce<DeskRow[]>((known, row) => putRow(known, row, now), kept);
}

/** Whether the conversation is this agent's to answer or to wrap up. A server that names no owner sends only own ones. */
export function isHeldBy(row: ConversationRow, agentId: string | undefined): boolean {
  const isOpen = row.status === "active" || row.status === "wrap_up";
  return isOpen && (row.agent_id === undefined || row.agent_id === agentId);
}

export function applyMessage(rows: readonly DeskRow[], conversationId: string, message: MessageOut, isRead: boolean): DeskRow[] {
  return rows.map((row) => {
    // A row tells how things stand now: what it has counted in already is not counted again.
    if (row.id !== conversationId || message.seq <= row.countedSeq) return row;
    const isFromCustomer = message.sender === "customer";
    const unanswered = isFromCustomer ? (row.unanswered_since ?? message.sent_at) : row.unanswered_since;
    return {
      ...row,
      countedSeq: message.seq,
      last_text: message.text,
      last_sender: message.sender,
      unanswered_since: message.sender === "agent" ? null : unanswered,
      unread: isFromCustomer && !isRead ? row.unread + 1 : row.unread,
    };
  });
}

export function markRead(rows: readonly DeskRow[], conversationId: string): DeskRow[] {
  return rows.map((row) => (row.id === conversationId ? { ...row, unread: 0 } : row));
}

/** Unread first, then the oldest unanswered, then what is to be wrapped up, then the rest; ties keep their order. */
export function byNeed(rows: readonly DeskRow[]): DeskRow[] {
  const rank = (row: DeskRow): string => {
    if (row.unread > 0) return `0${row.unanswered_since ?? ""}`;
    if (row.status === "wrap_up") return "2";
    return row.unanswered_since === null ? "3" : `1${row.unanswered_since}`;
  };
  return [...rows].sort((a, b) => rank(a).localeCompare(rank(b)));
}

/**
 * Return the neighbour of the chosen row in the shown order; from nowhere, the first. Forward, whoever is unread comes
 * first: choosing re-sorts the list, and walking by place would pass over who has waited longest.
 */
export function neighbour(rows: readonly DeskRow[], chosen: string | null, step: 1 | -1): string | null {
  if (rows.length === 0) return null;
  const unread = rows.find((row) => row.unread > 0 && row.id !== chosen);
  if (unread && step === 1) return unread.id;
  const at = rows.findIndex(({ id }) => id === chosen);
  if (at === -1) return rows[0]?.id ?? null;
  return rows[(at + step + rows.length) % rows.length]?.id ?? null;
}
