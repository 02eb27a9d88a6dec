/** An agent's desk: the snapshot, the events that change it, and what the agent does. Knows the wire, not the DOM. */
import type {
  AgentOut,
  ConsoleApi,
  ConsoleEvent,
  ConsoleOut,
  ConversationRow,
  QueueOut,
  TranscriptOut,
} from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { CLOSE_UNAUTHORISED, type MessageOut } from "../api/protocol.ts";
import { type ActionDesk, DeskActions } from "./console-actions.ts";
import { ConsoleLine, type PassingFrame } from "./console-line.ts";
import { applyMessage, byNeed, type DeskRow, isHeldBy, markRead, putRow, replaceRows } from "./console-rows.ts";
import { ThreadBook } from "./console-threads.ts";
import { OfferSlot, type TimedOffer } from "./console-offer.ts";
import { DeskWriting, type WritingKind } from "./console-writing.ts";
import { Observable } from "./observable.ts";
import type { OutboxEntry } from "./outbox.ts";
import type { KeyValueStore } from "./storage.ts";
import { type Line, toLines } from "./transcript.ts";
import { TypingSign } from "./typing-sign.ts";

export type DeskPhase = "loading" | "signed_out" | "ready";

export interface ConsoleStoreOptions {
  origin: string;
  api: ConsoleApi;
  store: KeyValueStore;
  connect?: (url: string) => WebSocket;
  now?: () => number;
}

const TYPING_SENT_EVERY_MS = 3000;
const RETRY_LOAD_MS = 3000;

export class ConsoleStore extends Observable implements ActionDesk {
  phase: DeskPhase = "loading";
  isUnreachable = false;
  isConnected = true;
  agent: AgentOut | null = null;
  rows: DeskRow[] = [];
  queue: QueueOut = { waiting: 0, oldest_wait_seconds: null };
  /** When `queue` was told; its oldest wait grows from there. */
  queueAt = 0;
  chosenId: string | null = null;
  /** Why the server did not let the agent sign out, in its own words. */
  signOutRefusal: string | null = null;

  readonly actions: DeskActions;
  private readonly slot = new OfferSlot();
  private readonly typing = new TypingSign(() => {
    this.changed();
  });
  private readonly threads = new ThreadBook();
  private line: ConsoleLine | null = null;
  private writing: DeskWriting | null = null;
  private typingSentAt = 0;
  private readonly now: () => number;

  constructor(private readonly options: ConsoleStoreOptions) {
    super();
    this.now = options.now ?? Date.now;
    this.actions = new DeskActions(options.api, this);
    this.actions.subscribe(() => {
      this.changed();
    });
  }

  get offer(): TimedOffer | null {
    return this.slot.current;
  }

  /** The last offer went away without the agent's doing. */
  get hasLostOffer(): boolean {
    return this.slot.isLost;
  }

  /** The conversation in which the customer is writing. */
  get typingIn(): string | null {
    return this.typing.conversationId;
  }

  get thread(): TranscriptOut | null {
    return this.threads.get(this.chosenId);
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
    return this.rows.filter((row) => isHeldBy(row, this.agent?.id) || row.id === this.chosenId);
  }

  async load(): Promise<void> {
    try {
      this.applySnapshot(await this.options.api.getConsole());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.showSignIn();
      else this.loadLater();
    }
    this.changed();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.options.api.signIn(email, password);
    await this.load();
  }

  async signOut(): Promise<void> {
    this.signOutRefusal = null;
    try {
      await this.options.api.signOut();
      this.showSignIn();
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) this.signOutRefusal = error.text;
      else await this.load();
    }
    this.changed();
  }

  async setPresence(status: "available" | "away"): Promise<void> {
    await this.guard(async () => {
      this.agent = await this.options.api.setPresence(status);
    });
  }

  async acceptOffer(): Promise<void> {
    const offer = this.offer;
    if (!offer) return;
    await this.guard(async () => {
      const row = await this.options.api.accept(offer.id);
      this.slot.clear();
      this.takeRow(row);
      this.choose(row.id);
    });
  }

  async declineOffer(): Promise<void> {
    const offer = this.offer;
    if (!offer) return;
    await this.guard(async () => {
      await this.options.api.decline(offer.id);
      this.slot.clear();
    });
  }

  choose(id: string | null): void {
    this.chosenId = id;
    this.tellViewing();
    if (id !== null) {
      this.rows = markRead(this.rows, id);
      void this.loadThread(id);
      this.writing?.flush(id);
    }
    this.changed();
  }

  async close(): Promise<void> {
    this.signOutRefusal = null;
    if (this.chosenId !== null) await this.actions.close(this.chosenId);
  }

  /** The reader is back at this page: what arrived meanwhile is now before their eyes. */
  noticeReader(): void {
    if (this.chosenId === null || isPageHidden()) return;
    this.rows = markRead(this.rows, this.chosenId);
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

  draft(kind: WritingKind): string {
    return this.chosenId === null ? "" : (this.writing?.draft(this.chosenId, kind) ?? "");
  }

  /** Keep what is being written; the customer sees typing only where it is meant for them. */
  keepDraft(text: string, kind: WritingKind): void {
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
    this.line?.send({ type: "typing", conversation_id: this.chosenId });
  }

  private tellViewing(): void {
    this.line?.send({ type: "viewing", conversation_id: this.chosenId });
  }

  private tellSeen(): void {
    const id = this.chosenId;
    const seq = id === null || isPageHidden() ? null : this.threads.unseenSeq(id);
    if (id === null || seq === null) return;
    if (this.line?.send({ type: "seen", conversation_id: id, seq }) === true) this.threads.setSeen(id, { customer: 0, agent: seq });
  }

  takeRow(row: ConversationRow): void {
    this.rows = putRow(this.rows, row, this.now());
    if (row.id === this.chosenId && !isPageHidden()) this.rows = markRead(this.rows, row.id);
    this.changed();
  }

  /** What needs the agent next comes before their eyes, when anything does. */
  leave(id: string): void {
    this.rows = this.rows.filter((row) => row.id !== id);
    if (this.chosenId !== id) return;
    this.chosenId = null;
    const [next] = byNeed(this.shownRows).filter((row) => row.unanswered_since !== null);
    this.choose(next?.id ?? null);
  }

  /** A refusal of an action leaves the desk as the server sees it. */
  private async guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) this.slot.lose();
      await this.load();
    }
    this.changed();
  }

  private applySnapshot(snapshot: ConsoleOut): void {
    this.isUnreachable = false;
    this.agent = snapshot.agent;
    this.rows = replaceRows(this.rows, snapshot.conversations, this.chosenId, this.now());
    this.slot.put(snapshot.offer, this.now());
    this.applyQueue(snapshot.queue);
    if (this.phase !== "ready") this.begin(snapshot);
  }

  private begin(snapshot: ConsoleOut): void {
    this.phase = "ready";
    this.writing = new DeskWriting(this.options.api, this.options.store, snapshot.agent.id, {
      stored: (id, message) => {
        this.takeMessage(id, message);
      },
      noted: (id, note) => {
        this.threads.addNote(id, note);
      },
      changed: () => {
        this.changed();
      },
    });
    for (const row of this.rows) this.writing.flush(row.id);
    this.connect(snapshot.last_event);
  }

  private showSignIn(): void {
    this.phase = "signed_out";
    this.signOutRefusal = null;
    this.line?.stop();
    this.line = null;
    this.writing?.stop();
    this.threads.clear();
    this.rows = [];
    this.slot.clear();
    this.chosenId = null;
  }

  private loadLater(): void {
    this.isUnreachable = true;
    setTimeout(() => {
      void this.load();
    }, RETRY_LOAD_MS);
  }

  private async loadThread(id: string): Promise<void> {
    try {
      this.threads.put(id, await this.options.api.getTranscript(id));
      this.tellSeen();
    } catch (error) {
      this.handleUnread(id, error);
    }
    this.changed();
  }

  private handleUnread(id: string, error: unknown): void {
    if (!(error instanceof ApiError) || error.isTemporary) setTimeout(() => void this.loadThread(id), RETRY_LOAD_MS);
    else if (error.status === 401) this.showSignIn();
    else if (this.chosenId === id && !this.threads.has(id)) {
      this.choose(null);
      this.actions.refuse(error.text ?? error.error);
    }
  }

  private connect(lastEvent: number): void {
    const { origin, connect } = this.options;
    this.line = new ConsoleLine(
      { origin, lastEvent, ...(connect ? { connect } : {}) },
      {
        apply: (event) => {
          this.applyEvent(event);
        },
        receive: (frame) => {
          this.receive(frame);
        },
        ready: () => {
          this.handleReady();
        },
        lost: (code) => {
          this.isConnected = false;
          if (code === CLOSE_UNAUTHORISED) this.showSignIn();
          this.changed();
        },
        pulse: () => {
          this.tellViewing();
        },
        changed: () => {
          this.changed();
        },
      },
    );
    this.line.start();
  }

  private receive(frame: PassingFrame): void {
    if (frame.type === "presence.changed") this.agent = frame.agent;
    else if (frame.type === "queue.changed") this.applyQueue(frame.queue);
    else if (frame.type === "typing") this.typing.show(frame.conversation_id);
    else if (frame.type === "viewers") this.threads.setViewers(frame.conversation_id, frame.names);
    else if (frame.type === "delivery") this.threads.setStates(frame.conversation_id, frame.states);
    // A newer server may say more than this desk knows.
    else if ((frame.type as string) === "seen") this.threads.setSeen(frame.conversation_id, frame);
  }

  private handleReady(): void {
    const wasLost = !this.isConnected;
    this.isConnected = true;
    this.tellViewing();
    if (!wasLost) return;
    // Presence, queue and read states are not numbered: after a loss they are fetched anew.
    void this.load();
    if (this.chosenId !== null) void this.loadThread(this.chosenId);
  }

  private applyEvent(event: ConsoleEvent): void {
    if (event.offer) this.slot.apply(event.offer, this.now());
    if (event.conversation) {
      this.takeRow(event.conversation);
      if (this.threads.has(event.conversation.id)) void this.loadThread(event.conversation.id);
    }
    if (event.conversation_id === undefined) return;
    if (event.message) this.takeMessage(event.conversation_id, event.message);
    if (event.note) this.threads.addNote(event.conversation_id, event.note);
  }

  private applyQueue(queue: QueueOut): void {
    this.queue = queue;
    this.queueAt = this.now();
  }

  takeMessage(conversationId: string, message: MessageOut): void {
    const isRead = this.chosenId === conversationId && !isPageHidden();
    if (this.threads.addMessage(conversationId, message)) this.rows = applyMessage(this.rows, conversationId, message, isRead);
    if (isRead) this.tellSeen();
    if (message.sender === "customer") this.typing.clear(conversationId);
    this.changed();
  }
}

function isPageHidden(): boolean {
  return globalThis.document.visibilityState === "hidden";
}
