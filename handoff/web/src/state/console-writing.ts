/** What an agent writes: drafts, replies and notes, each kept on this machine until the server has stored it. */
import type { ConsoleApi, NoteOut } from "../api/console.ts";
import type { MessageOut } from "../api/protocol.ts";
import type { OutboxEntry } from "./outbox.ts";
import { ReplySender } from "./reply-sender.ts";
import type { KeyValueStore } from "./storage.ts";

/** To the customer, or to colleagues only. */
export type WritingKind = "reply" | "note";

export interface WritingHandlers {
  stored(conversationId: string, message: MessageOut): void;
  noted(conversationId: string, note: NoteOut): void;
  changed(): void;
}

export class DeskWriting {
  readonly replies: ReplySender<MessageOut>;
  readonly notes: ReplySender<NoteOut>;

  constructor(
    api: ConsoleApi,
    private readonly store: KeyValueStore,
    private readonly agentId: string,
    handlers: WritingHandlers,
  ) {
    this.replies = new ReplySender({
      store,
      prefix: `saldo:desk:outbox:${agentId}:`,
      post: (id, clientMsgId, text) => api.postReply(id, clientMsgId, text),
      changed: (id, message) => {
        if (message) handlers.stored(id, message);
        handlers.changed();
      },
    });
    this.notes = new ReplySender({
      store,
      prefix: `saldo:desk:notes:${agentId}:`,
      post: (id, clientNoteId, text) => api.postNote(id, clientNoteId, text),
      changed: (id, note) => {
        if (note) handlers.noted(id, note);
        handlers.changed();
      },
    });
  }

  sender(kind: WritingKind): ReplySender<MessageOut> | ReplySender<NoteOut> {
    return kind === "note" ? this.notes : this.replies;
  }

  /** Send what waits; done again whenever the conversation is opened. */
  flush(conversationId: string): void {
    void this.replies.flush(conversationId);
    void this.notes.flush(conversationId);
  }

  /** Notes that the server has not stored yet. */
  pendingNotes(conversationId: string, stored: readonly NoteOut[]): OutboxEntry[] {
    const known = new Set(stored.map((note) => note.client_note_id));
    return this.notes.pending(conversationId).filter(({ id }) => !known.has(id));
  }

  /** The agent has signed out: what is waiting stays stored for the next time. */
  stop(): void {
    this.replies.stop();
    this.notes.stop();
  }

  draft(conversationId: string, kind: WritingKind): string {
    return this.store.get(this.draftKey(conversationId, kind)) ?? "";
  }

  /** A note's draft is kept apart, so that it can never be sent to the customer by a slip. */
  keepDraft(conversationId: string, kind: WritingKind, text: string): void {
    const key = this.draftKey(conversationId, kind);
    if (text === "") this.store.remove(key);
    else this.store.set(key, text);
  }

  private draftKey(conversationId: string, kind: WritingKind): string {
    const name = kind === "note" ? "note-draft" : "draft";
    return `saldo:desk:${name}:${this.agentId}:${conversationId}`;
  }
}
