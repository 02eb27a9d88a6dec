import type { ConversationOut } from "../api/protocol.ts";

/** Return until when a word of the customer opens the ended conversation again; null when it cannot go on. */
export function reopensUntil(conversation: ConversationOut | null, now: number): string | null {
  const until = conversation?.reopens_until ?? null;
  return until !== null && Date.parse(until) > now ? until : null;
}
