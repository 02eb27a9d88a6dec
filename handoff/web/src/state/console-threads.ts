/** The transcripts that are open on a desk: fetched, and kept current by events. */
import type { NoteOut, SeenOut, TranscriptOut } from "../api/console.ts";
import type { MessageOut, MessageState } from "../api/protocol.ts";
import { mergeMessages } from "./transcript.ts";

export class ThreadBook {
  private readonly threads = new Map<string, TranscriptOut>();

  get(id: string | null): TranscriptOut | null {
    return id === null ? null : (this.threads.get(id) ?? null);
  }

  has(id: string): boolean {
    return this.threads.has(id);
  }

  clear(): void {
    this.threads.clear();
  }

  /** Forget all others: a desk is open for eight hours, and each is fetched anew when it is chosen. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...this.threads.keys()]) if (!ids.has(id)) this.threads.delete(id);
  }

  /** A fetched transcript may be older than an event that came meanwhile: what is known stays. */
  put(id: string, thread: TranscriptOut): void {
    const known = this.threads.get(id);
    this.threads.set(id, {
      ...thread,
      messages: mergeMessages(known?.messages ?? [], thread.messages),
      notes: mergeNotes(known?.notes ?? [], thread.notes ?? []),
    });
  }

  /** Return whether the message is new. */
  addMessage(id: string, message: MessageOut): boolean {
    const thread = this.threads.get(id);
    const isKnown = thread?.messages.some(({ seq }) => seq === message.seq) === true;
    if (thread) this.threads.set(id, { ...thread, messages: mergeMessages(thread.messages, [message]) });
    return !isKnown;
  }

  addNote(id: string, note: NoteOut): void {
    const thread = this.threads.get(id);
    if (thread) this.threads.set(id, { ...thread, notes: mergeNotes(thread.notes ?? [], [note]) });
  }

  /** What was seen stays seen: news that come late do not take it back. */
  setSeen(id: string, seen: SeenOut): void {
    const thread = this.threads.get(id);
    if (!thread) return;
    const known = thread.conversation.seen;
    const later = { customer: Math.max(seen.customer, known?.customer ?? 0), agent: Math.max(seen.agent, known?.agent ?? 0) };
    this.threads.set(id, { ...thread, conversation: { ...thread.conversation, seen: later } });
  }

  /** How far our messages have got, such as a text message that was not delivered. */
  setStates(id: string, states: readonly { seq: number; state: MessageState }[]): void {
    const thread = this.threads.get(id);
    if (!thread) return;
    const bySeq = new Map(states.map(({ seq, state }) => [seq, state]));
    const messages = thread.messages.map((message) => ({ ...message, state: bySeq.get(message.seq) ?? message.state ?? null }));
    this.threads.set(id, { ...thread, messages });
  }

  setViewers(id: string, viewers: string[]): void {
    const thread = this.threads.get(id);
    if (thread) this.threads.set(id, { ...thread, viewers });
  }

  /** Return the newest message of the customer that the agent has not yet been noted to have seen; null when none. */
  unseenSeq(id: string): number | null {
    const thread = this.threads.get(id);
    if (!thread || thread.joined === true) return null;
    const last = thread.messages.findLast(({ sender }) => sender === "customer")?.seq ?? 0;
    return last > (thread.conversation.seen?.agent ?? 0) ? last : null;
  }
}

/** Notes in the order in which they were written; one that is known by its key is replaced. */
export function mergeNotes(known: readonly NoteOut[], added: readonly NoteOut[]): NoteOut[] {
  const byId = new Map(known.map((note) => [note.id, note]));
  for (const note of added) byId.set(note.id, note);
  return [...byId.values()].sort((a, b) => a.after_seq - b.after_seq || a.written_at.localeCompare(b.written_at));
}
