/** An agent's desk: the snapshot, the events that change it, and what the agent does. Knows the wire, not the DOM. */
import type {
  AgentOut,
  ConsoleApi,
  ConsoleClientFrame,
  ConsoleEvent,
  ConsoleOut,
  ConsoleServerFrame,
  OfferOut,
  QueueOut,
  TranscriptOut,
} from "../api/console.ts";
import { socketUrl } from "../api/conversations.ts";
import { ApiError } from "../api/http.ts";
import { LiveSocket } from "../api/live-socket.ts";
import { CLOSE_UNAUTHORISED, type EventsFrame, type MessageOut } from "../api/protocol.ts";
import { applyMessage, type DeskRow, markRead, putRow } from "./console-rows.ts";
import { EventFeed } from "./event-feed.ts";
import { Observable } from "./observable.ts";
import { ReplySender } from "./reply-sender.ts";
import type { KeyValueStore } from "./storage.ts";
import { type Line, mergeMessages, toLines } from "./transcript.ts";

export type DeskPhase = "loading" | "signed_out" | "ready";

/** An offer with its end by this machine's clock, so that a wrong clock does not shorten it. */
export interface TimedOffer extends OfferOut {
  endsAt: number;
}

export interface ConsoleStoreOptions {
  origin: string;
  api: ConsoleApi;
  store: KeyValueStore;
  connect?: (url: string) => WebSocket;
  now?: () => number;
}

const ANSWER_WITHIN_MS = 5000;
const TYPING_SHOWN_MS = 6000;
const TYPING_SENT_EVERY_MS = 3000;
const RETRY_LOAD_MS = 3000;

export class ConsoleStore extends Observable {
  phase: DeskPhase = "loading";
  isUnreachable = false;
  isConnected = true;
  agent: AgentOut | null = null;
  offer: TimedOffer | null = null;
  /** The last offer went away without the agent's doing. */
  hasLostOffer = false;
  rows: DeskRow[] = [];
  queue: QueueOut = { waiting: 0, oldest_wait_seconds: null };
  /** When `queue` was told; its oldest wait grows from there. */
  queueAt = 0;
  chosenId: string | null = null;
  typingIn: string | null = null;

  /** Why the server did not let the agent sign out, in its own words. */
  signOutRefusal: string | null = null;

  private readonly threads = new Map<string, TranscriptOut>();
  private feed = new EventFeed<ConsoleEvent>();
  private socket: LiveSocket<ConsoleServerFrame, ConsoleClientFrame> | null = null;
  private replies: ReplySender | null = null;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typingSentAt = 0;
  private readonly now: () => number;

  constructor(private readonly options: ConsoleStoreOptions) {
    super();
    this.now = options.now ?? Date.now;
  }

  get thread(): TranscriptOut | null {
    return this.chosenId === null ? null : (this.threads.get(this.chosenId) ?? null);
  }

  get lines(): Line[] {
    if (!this.thread || this.chosenId === null) return [];
    return toLines(this.thread.messages, this.replies?.pending(this.chosenId) ?? [], "agent");
  }

  /** Conversations that are the agent's now; a closed one stays as long as it is being looked at. */
  get shownRows(): DeskRow[] {
    return this.rows.filter((row) => row.status === "active" || row.status === "wrap_up" || row.id === this.chosenId);
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
      this.offer = null;
      this.rows = putRow(this.rows, row);
      this.choose(row.id);
    });
  }

  async declineOffer(): Promise<void> {
    const offer = this.offer;
    if (!offer) return;
    await this.guard(async () => {
      await this.options.api.decline(offer.id);
      this.offer = null;
    });
  }

  choose(id: string | null): void {
    this.chosenId = id;
    if (id !== null) {
      this.rows = markRead(this.rows, id);
      void this.loadThread(id);
      void this.replies?.flush(id);
    }
    this.changed();
  }

  async close(): Promise<void> {
    const id = this.chosenId;
    if (id === null) return;
    this.signOutRefusal = null;
    await this.guard(async () => {
      this.rows = putRow(this.rows, await this.options.api.close(id));
    });
  }

  reply(text: string): void {
    if (this.chosenId !== null) this.replies?.send(this.chosenId, text, this.now());
  }

  retryReply(id: string): void {
    if (this.chosenId !== null) this.replies?.retry(this.chosenId, id);
  }

  discardReply(id: string): void {
    if (this.chosenId !== null) this.replies?.discard(this.chosenId, id);
  }

  get draft(): string {
    return this.options.store.get(this.draftKey()) ?? "";
  }

  keepDraft(text: string): void {
    if (text === "") this.options.store.remove(this.draftKey());
    else this.options.store.set(this.draftKey(), text);
    if (text !== "") this.tellTyping();
  }

  private draftKey(): string {
    return `saldo:desk:draft:${this.agent?.id ?? ""}:${this.chosenId ?? ""}`;
  }

  private tellTyping(): void {
    if (this.chosenId === null || this.now() - this.typingSentAt < TYPING_SENT_EVERY_MS) return;
    this.typingSentAt = this.now();
    this.socket?.send({ type: "typing", conversation_id: this.chosenId });
  }

  /** A refusal of an action leaves the desk as the server sees it. */
  private async guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) this.loseOffer();
      await this.load();
    }
    this.changed();
  }

  private applySnapshot(snapshot: ConsoleOut): void {
    this.isUnreachable = false;
    this.agent = snapshot.agent;
    for (const row of snapshot.conversations) this.rows = putRow(this.rows, row);
    this.applyOffer(snapshot.offer);
    this.applyQueue(snapshot.queue);
    if (this.phase !== "ready") this.begin(snapshot);
  }

  private begin(snapshot: ConsoleOut): void {
    this.phase = "ready";
    this.replies = this.makeSender(snapshot.agent.id);
    for (const row of this.rows) void this.replies.flush(row.id);
    this.feed = new EventFeed<ConsoleEvent>(snapshot.last_event);
    this.connectSocket();
  }

  private makeSender(agentId: string): ReplySender {
    return new ReplySender({
      store: this.options.store,
      prefix: `saldo:desk:outbox:${agentId}:`,
      post: (id, clientMsgId, text) => this.options.api.postReply(id, clientMsgId, text),
      changed: (id, message) => {
        if (message) this.applyPosted(id, message);
        this.changed();
      },
    });
  }

  private showSignIn(): void {
    this.phase = "signed_out";
    this.signOutRefusal = null;
    this.socket?.stop();
    this.socket = null;
    this.replies?.stop();
    this.threads.clear();
    this.rows = [];
    this.offer = null;
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
      const thread = await this.options.api.getTranscript(id);
      const known = this.threads.get(id)?.messages ?? [];
      this.threads.set(id, { ...thread, messages: mergeMessages(thread.messages, known) });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.showSignIn();
      else if (!(error instanceof ApiError)) setTimeout(() => void this.loadThread(id), RETRY_LOAD_MS);
    }
    this.changed();
  }

  private connectSocket(): void {
    this.socket = new LiveSocket(
      socketUrl(this.options.origin, "/ws/console"),
      {
        hello: () => ({ type: "hello", after: this.feed.seen }),
        receive: (frame) => {
          this.receive(frame);
        },
        lost: (code) => {
          this.isConnected = false;
          if (code === CLOSE_UNAUTHORISED) this.showSignIn();
          this.changed();
        },
      },
      this.options.connect ? { connect: this.options.connect } : {},
    );
    this.socket.start();
  }

  private receive(frame: ConsoleServerFrame): void {
    if (frame.type === "ready") this.handleReady(frame.last_event);
    else if (frame.type === "events") this.handleEvents(frame);
    else if (frame.type === "presence.changed") this.agent = frame.agent;
    else if (frame.type === "queue.changed") this.applyQueue(frame.queue);
    else if (frame.type === "typing") this.showTyping(frame.conversation_id);
    this.changed();
  }

  private handleReady(lastEvent: number): void {
    const wasLost = !this.isConnected;
    this.isConnected = true;
    this.feed.ready(lastEvent);
    this.watchFeed();
    // Presence and queue are not numbered: after a loss they are fetched anew.
    if (wasLost) void this.load();
  }

  private handleEvents(frame: EventsFrame<ConsoleEvent>): void {
    const { events, requestAfter } = this.feed.receive(frame);
    for (const event of events) this.applyEvent(event);
    this.request(requestAfter);
  }

  private request(after: number | null): void {
    if (after !== null) this.socket?.send({ type: "events.get", after });
    this.watchFeed();
  }

  private watchFeed(): void {
    clearTimeout(this.answerTimer);
    if (!this.feed.isBehind) return;
    this.answerTimer = setTimeout(() => {
      this.request(this.feed.askAgain());
    }, ANSWER_WITHIN_MS);
  }

  private applyEvent(event: ConsoleEvent): void {
    if (event.offer) this.applyOfferEvent(event.offer);
    if (event.conversation) {
      this.rows = putRow(this.rows, event.conversation);
      if (this.threads.has(event.conversation.id)) void this.loadThread(event.conversation.id);
    }
    if (event.message && event.conversation_id !== undefined) this.applyPosted(event.conversation_id, event.message);
  }

  private applyOfferEvent(offer: OfferOut): void {
    if (offer.status === "pending") this.applyOffer(offer);
    else if (this.offer?.id === offer.id) {
      this.offer = null;
      this.hasLostOffer = offer.status === "expired" || offer.status === "withdrawn";
    }
  }

  private applyOffer(offer: OfferOut | null): void {
    const isNew = offer !== null && offer.id !== this.offer?.id;
    if (isNew) this.hasLostOffer = false;
    this.offer = offer && { ...offer, endsAt: this.now() + offer.seconds_left * 1000 };
  }

  private loseOffer(): void {
    this.hasLostOffer = this.offer !== null;
    this.offer = null;
  }

  private applyQueue(queue: QueueOut): void {
    this.queue = queue;
    this.queueAt = this.now();
  }

  private applyPosted(conversationId: string, message: MessageOut): void {
    const thread = this.threads.get(conversationId);
    const isRead = this.chosenId === conversationId && globalThis.document.visibilityState !== "hidden";
    const isKnown = thread?.messages.some(({ seq }) => seq === message.seq) === true;
    if (!isKnown) this.rows = applyMessage(this.rows, conversationId, message, isRead);
    if (thread) this.threads.set(conversationId, { ...thread, messages: mergeMessages(thread.messages, [message]) });
    if (message.sender === "customer" && this.typingIn === conversationId) this.typingIn = null;
  }

  private showTyping(conversationId: string): void {
    clearTimeout(this.typingTimer);
    this.typingIn = conversationId;
    this.typingTimer = setTimeout(() => {
      this.typingIn = null;
      this.changed();
    }, TYPING_SHOWN_MS);
  }
}
