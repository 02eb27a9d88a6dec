/** The agent's list of conversations: what an event changes in it, and in which order it needs the agent. Pure. */
import type { ConversationRow } from "../api/console.ts";
import type { MessageOut } from "../api/protocol.ts";

export interface DeskRow extends ConversationRow {
  unread: number;
}

/** Take over what the server says of a conversation; what the agent has not read stays unread. */
export function putRow(rows: readonly DeskRow[], row: ConversationRow): DeskRow[] {
  const unread = rows.find(({ id }) => id === row.id)?.unread ?? 0;
  return [...rows.filter(({ id }) => id !== row.id), { ...row, unread }];
}

export function applyMessage(rows: readonly DeskRow[], conversationId: string, message: MessageOut, isRead: boolean): DeskRow[] {
  return rows.map((row) => {
    if (row.id !== conversationId) return row;
    const isFromCustomer = message.sender === "customer";
    const unanswered = isFromCustomer ? (row.unanswered_since ?? message.sent_at) : row.unanswered_since;
    return {
      ...row,
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

/** Unread first, then the oldest unanswered, then the rest; ties keep their order. */
export function byNeed(rows: readonly DeskRow[]): DeskRow[] {
  const rank = (row: DeskRow): string => {
    const urgency = row.unread > 0 ? "0" : row.unanswered_since !== null ? "1" : "2";
    return urgency + (row.unanswered_since ?? "");
  };
  return [...rows].sort((a, b) => rank(a).localeCompare(rank(b)));
}

/** Return the neighbour of the chosen row in the shown order; from nowhere, the first. */
export function neighbour(rows: readonly DeskRow[], chosen: string | null, step: 1 | -1): string | null {
  if (rows.length === 0) return null;
  const at = rows.findIndex(({ id }) => id === chosen);
  if (at === -1) return rows[0]?.id ?? null;
  return rows[(at + step + rows.length) % rows.length]?.id ?? null;
}
