/** Rows and offers of an agent's desk for tests; each takes what matters to the test. */
import type { TimedOffer } from "../state/console-offer.ts";
import type { DeskRow } from "../state/console-rows.ts";

export function makeRow(id: string, changes: Partial<DeskRow> = {}): DeskRow {
  return {
    id,
    status: "active",
    language: "de",
    channel: "webchat",
    customer_name: null,
    verified: false,
    last_text: null,
    last_sender: null,
    unanswered_since: null,
    topic: "bills",
    unread: 0,
    countedSeq: 0,
    wrapUpEndsAt: null,
    ...changes,
  };
}

export function makeOffer(changes: Partial<TimedOffer> = {}): TimedOffer {
  const now = Date.now();
  return {
    id: "o1",
    conversation_id: "c1",
    status: "pending",
    expires_at: new Date(now + 20_000).toISOString(),
    seconds_left: 20,
    language: "de",
    channel: "webchat",
    topic: "bills",
    reason: "asked_for_person",
    verified_level: "code",
    waited_seconds: 5,
    wish: "Why is my bill higher?",
    endsAt: now + 20_000,
    waitingSince: now - 5000,
    ...changes,
  };
}
