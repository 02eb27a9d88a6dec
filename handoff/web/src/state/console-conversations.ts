/** The conversations at a desk: the list, the chosen one with its transcript, and what is written in it. Knows no sockets. */
import type { AgentOut, ConsoleApi, ConsoleClientFrame, ConversationRow, TranscriptOut } from "../api/console.ts";
import type { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { ThreadLoader } from "./console-loader.ts";
import { isReaderHere } from "./console-reader.ts";
import { applyMessage, byNeed, type DeskRow, isHeldBy, markRead, neighbour, putRow } from "./console-rows.ts";
import { ThreadBook } from "./console-threads.ts";
import type { DeskWriting, DraftKind, Leftover, WritingKind } from "./console-writing.ts";
import { Observable } from "./observable.ts";
import type { OutboxEntry } from "./outbox.ts";
import { type Line, toLines } from "./transcript.ts";
import { TypingSign } from "./typing-sign.ts";

const TYPING_SENT_EVERY_MS = 3000;

export abstract class DeskConversations extends Observable {
  agent: AgentOut | null = null;
  rows: DeskRow[] = [];
  chosenId: string | null = null;

  protected writing: DeskWriting | null = null;
  protected readonly threads = new ThreadBook();
  protected readonly loader: ThreadLoader;
  protected readonly typing = new TypingSign(() => {
    this.changed();
  });
  /** Whom the conversations are with that have been at this desk. */
  protected readonly names = new Map<string, string>();
  private typingSentAt = 0;

  constructor(
    api: Pick<ConsoleApi, "getTranscript">,
    protected readonly now: () => number,
  ) {
    super();
    this.loader = new ThreadLoader(api, {
      loaded: (id, thread) => {
        this.takeThread(id, thread);
      },
      refused: (id, error) => {
        this.handleRefused(id, error);
      },
    });
  }

  /** Return whether the frame was handed to the browser. */
  protected abstract send(frame: ConsoleClientFrame): boolean;

  /** A transcript cannot be had, now or later. */
  protected abstract handleRefused(id: string, error: ApiError): void;

  /** The conversations in which the customer is writing. */
  get typingIn(): ReadonlySet<string> {
    return this.typing.all;
  }

  get thread(): TranscriptOut | null {
    return this.threads.get(this.chosenId);
  }

  /** The chosen conversation is another agent's: a supervisor reads along. */
  get isJoined(): boolean {
    return this.thread?.joined === true;
  }

  get row(): DeskRow | null {
    return this.rows.find(({ id }) => id === this.chosenId) ?? null;
  }

  get lines(): Line[] {
    if (!this.thread || this.chosenId === null) return [];
    return toLines(this.thread.messages, this.writing?.replies.pending(this.chosenId) ?? [], "agent");
  }

  /** Notes that the server has not stored yet. */
  get pendingNotes(): OutboxEntry[] {
    if (this.chosenId === null) return [];
    return this.writing?.pendingNotes(this.chosenId, this.thread?.notes ?? []) ?? [];
  }

  /** Conversations that are the agent's now; another one stays as long as it is being looked at. */
  get shownRows(): DeskRow[] {
    return this.rows.filter(({ id }) => this.isHere(id));
  }

  /** The conversations that are at this desk, or before the agent's eyes. */
  get ids(): ReadonlySet<string> {
    return new Set([...this.rows.map(({ id }) => id), ...(this.chosenId === null ? [] : [this.chosenId])]);
  }

  /** What was written into conversations that have gone elsewhere, so that it can be copied. */
  get leftovers(): (Leftover & { name: string | null })[] {
    const found = this.writing?.leftovers((id) => this.isHere(id)) ?? [];
    return found.map((each) => ({ ...each, name: this.names.get(each.conversationId) ?? null }));
  }

  choose(id: string | null): void {
    this.chosenId = id;
    this.tidy();
    this.tellViewing();
    if (id !== null) {
      this.markRead(id);
      this.writing?.flush(id);
    }
    this.loader.want(id);
    this.changed();
  }

  /** To whom the keys lead that walk through the list. */
  move(step: 1 | -1): void {
    this.choose(neighbour(byNeed(this.shownRows), this.chosenId, step));
  }

  /** The reader is back at this page: what arrived meanwhile is now before their eyes. */
  noticeReader(): void {
    if (this.chosenId === null || !isReaderHere()) return;
    this.markRead(this.chosenId);
    this.tellSeen();
    this.changed();
  }

  write(text: string, kind: WritingKind): void {
    if (this.chosenId !== null) this.writing?.sender(kind).send(this.chosenId, text, this.now());
  }

  retryReply(id: string): void {
    if (this.chosenId !== null) this.writing?.replies.retry(this.chosenId, id);
  }

  discard(id: string, kind: WritingKind): void {
    if (this.chosenId !== null) this.writing?.sender(kind).discard(this.chosenId, id);
  }

  dropLeftover(leftover: Leftover): void {
    this.writing?.drop(leftover);
    this.changed();
  }

  draft(kind: DraftKind): string {
    return this.chosenId === null ? "" : (this.writing?.draft(this.chosenId, kind) ?? "");
  }

  /** Keep what is being written; the customer sees typing only where it is meant for them. */
  keepDraft(text: string, kind: DraftKind): void {
    if (this.chosenId === null) return;
    this.writing?.keepDraft(this.chosenId, kind, text);
    if (text !== "" && kind === "reply") this.tellTyping();
  }

  isWrappingUp(id: string): boolean {
    return this.rows.find((row) => row.id === id)?.status === "wrap_up";
  }

  private tellTyping(): void {
    if (this.chosenId === null || this.now() - this.typingSentAt < TYPING_SENT_EVERY_MS) return;
    this.typingSentAt = this.now();
    this.send({ type: "typing", conversation_id: this.chosenId });
  }

  protected tellViewing(): void {
    this.send({ type: "viewing", conversation_id: this.chosenId });
  }

  private tellSeen(): void {
    const id = this.chosenId;
    const seq = id === null || !isReaderHere() ? null : this.threads.unseenSeq(id);
    if (id === null || seq === null) return;
    if (this.send({ type: "seen", conversation_id: id, seq })) this.threads.setSeen(id, { customer: 0, agent: seq });
  }

  protected markRead(id: string): void {
    if (isReaderHere()) this.rows = markRead(this.rows, id);
  }

  takeRow(row: ConversationRow): void {
    this.rows = putRow(this.rows, row, this.now());
    if (row.id === this.chosenId) this.markRead(row.id);
    this.tidy();
    this.changed();
  }

  /**
   * What needs the agent next comes before their eyes, when anything does; never by itself, while they are elsewhere.
   * A reply that was begun stood beside the wrap-up they have finished; anything else unsent is offered for copying.
   */
  leave(id: string, isOwnMove: boolean): void {
    if (isOwnMove && this.isWrappingUp(id)) this.writing?.keepDraft(id, "reply", "");
    this.writing?.keepDraft(id, "handover", "");
    this.rows = this.rows.filter((row) => row.id !== id);
    if (this.chosenId !== id) return;
    this.chosenId = null;
    const [next] = byNeed(this.shownRows).filter((row) => row.unanswered_since !== null);
    this.choose(isOwnMove ? (next?.id ?? null) : null);
  }

  protected isHere(id: string): boolean {
    return id === this.chosenId || this.rows.some((row) => row.id === id && isHeldBy(row, this.agent?.id));
  }

  /** Keep what is this agent's or before their eyes: what goes elsewhere is not carried along for eight hours. */
  protected tidy(): void {
    for (const row of this.rows) if (row.customer_name !== null) this.names.set(row.id, row.customer_name);
    this.rows = this.shownRows;
    this.threads.keepOnly(this.ids);
  }

  private takeThread(id: string, thread: TranscriptOut): void {
    if (id !== this.chosenId) return;
    this.threads.put(id, thread);
    this.tellSeen();
    this.changed();
  }

  protected reloadThread(): void {
    if (this.chosenId !== null) void this.loader.load(this.chosenId);
  }

  takeMessage(conversationId: string, message: MessageOut): void {
    const isRead = this.chosenId === conversationId && isReaderHere();
    if (this.threads.addMessage(conversationId, message)) this.rows = applyMessage(this.rows, conversationId, message, isRead);
    if (isRead) this.tellSeen();
    if (message.sender === "customer") this.typing.clear(conversationId);
    this.changed();
  }
}
