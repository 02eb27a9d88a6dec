/** Plain messages, conversations and cards for tests; each takes what matters to the test. */
import type { NoteOut } from "../api/console.ts";
import type { TaskOut } from "../api/tasks.ts";
import type { Cause, ConversationEvent, ConversationOut, DifferenceCard, MessageOut } from "../api/protocol.ts";

export function makeConversation(changes: Partial<ConversationOut> = {}): ConversationOut {
  return {
    id: "c1",
    status: "with_bot",
    language: "en",
    channel: "webchat",
    agent: null,
    verified: false,
    queue_position: null,
    ...changes,
  };
}

export function makeMessage(seq: number, changes: Partial<MessageOut> = {}): MessageOut {
  return {
    seq,
    sender: "bot",
    text: `message ${seq}`,
    card: null,
    buttons: [],
    agent_name: null,
    client_msg_id: null,
    sent_at: new Date(Date.UTC(2026, 10, 21, 12, 0, seq)).toISOString(),
    ...changes,
  };
}

export function makePosted(number: number, changes: Partial<MessageOut> = {}): ConversationEvent {
  return { number, name: "message.posted", message: makeMessage(number, changes) };
}

export function makeCause(code: string, amountMinor: number, changes: Partial<Cause> = {}): Cause {
  return { code, amount_minor: amountMinor, recurring: false, facts: {}, ...changes };
}

export function makeDifference(changes: Partial<DifferenceCard> = {}): DifferenceCard {
  return {
    type: "difference",
    currency: "EUR",
    previous: { number: "DE-1", period: "2026-09", total_minor: 3075 },
    current: { number: "DE-2", period: "2026-10", total_minor: 4320 },
    difference_minor: 1245,
    causes: [
      makeCause("discount_ended", 1000, {
        recurring: true,
        facts: { name_en: "Welcome discount", name_de: "Willkommensrabatt", name_fi: "Tervetuliaisetu", ended_on: "2026-09-30" },
      }),
      makeCause("extra_usage", 245, { facts: { quantity: 3, unit: "GB" } }),
    ],
    expected_next_minor: 4075,
    ...changes,
  };
}

export function makeTask(id: number, changes: Partial<TaskOut> = {}): TaskOut {
  return {
    id,
    kind: "billing_parked",
    reason: "PriceMissing",
    customer_number: "10000001",
    period: null,
    invoice_number: null,
    amount_minor: null,
    currency: null,
    reference: null,
    answer_by: null,
    rule: null,
    created_at: "2026-11-01T06:00:00Z",
    ...changes,
  };
}

export function makeNote(id: string, changes: Partial<NoteOut> = {}): NoteOut {
  return {
    id,
    client_note_id: id,
    agent_name: "Mia Lindqvist",
    after_seq: 1,
    text: `note ${id}`,
    written_at: "2026-11-21T12:00:05Z",
    ...changes,
  };
}
