/** What an agent writes: drafts, replies and notes, each kept on this machine until the server has stored it. */
import type { ConsoleApi, NoteOut } from "../api/console.ts";
import type { MessageOut } from "../api/protocol.ts";
import type { OutboxEntry } from "./outbox.ts";
import { ReplySender } from "./reply-sender.ts";
import type { KeyValueStore } from "./storage.ts";

/** To the customer, or to colleagues only. */
export type WritingKind = "reply" | "note";
/** What can be begun and left: besides, the note that goes with a conversation that is passed on. */
export type DraftKind = WritingKind | "handover";

/** What was written into a conversation that has gone elsewhere: a draft, or a reply that was refused. */
export interface Leftover {
  conversationId: string;
  kind: WritingKind;
  text: string;
  /** Of a refused one the server's sentence. */
  reason: string | null;
  /** Of a refused one its id; a draft has none. */
  entryId: string | null;
}

const KINDS: readonly WritingKind[] = ["reply", "note"];
const DRAFT_KEYS: Readonly<Record<DraftKind, string>> = { reply: "draft", note: "note-draft", handover: "handover-draft" };

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

  /** After a reload: what waited goes out, wherever the conversation is now. */
  flushAll(): void {
    for (const kind of KINDS) for (const id of this.sender(kind).conversationIds()) void this.sender(kind).flush(id);
  }

  /** Return what would be lost with the conversations that are not at this desk. */
  leftovers(isHere: (conversationId: string) => boolean): Leftover[] {
    return KINDS.flatMap((kind) => [...this.refused(kind), ...this.drafts(kind)]).filter(({ conversationId }) => !isHere(conversationId));
  }

  /** It was copied, or is not wanted. */
  drop({ conversationId, kind, entryId }: Leftover): void {
    if (entryId === null) this.keepDraft(conversationId, kind, "");
    else this.sender(kind).discard(conversationId, entryId);
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

  draft(conversationId: string, kind: DraftKind): string {
    return this.store.get(this.draftKey(conversationId, kind)) ?? "";
  }

  /** A note's draft is kept apart, so that it can never be sent to the customer by a slip. */
  keepDraft(conversationId: string, kind: DraftKind, text: string): void {
    const key = this.draftKey(conversationId, kind);
    if (text === "") this.store.remove(key);
    else this.store.set(key, text);
  }

  private drafts(kind: WritingKind): Leftover[] {
    const prefix = this.draftKey("", kind);
    return this.store.keys(prefix).map((key) => {
      const text = this.store.get(key) ?? "";
      return { conversationId: key.slice(prefix.length), kind, text, reason: null, entryId: null };
    });
  }

  private refused(kind: WritingKind): Leftover[] {
    return this.sender(kind)
      .conversationIds()
      .flatMap((conversationId) =>
        this.sender(kind)
          .pending(conversationId)
          .filter(({ refusal }) => refusal !== null)
          .map(({ id, text, refusal }) => ({ conversationId, kind, text, reason: refusal, entryId: id })),
      );
  }

  private draftKey(conversationId: string, kind: DraftKind): string {
    return `saldo:desk:${DRAFT_KEYS[kind]}:${this.agentId}:${conversationId}`;
  }
}
