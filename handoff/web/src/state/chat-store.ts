/**
 * One customer's conversation in one browser: opens it, keeps it up to date, and sees to it that nothing typed is lost.
 * Knows the wire and the outbox, not the DOM.
 */
import { retryDelay } from "../api/backoff.ts";
import { type openConversation, type OpenedConversation, socketUrl } from "../api/conversations.ts";
import { LiveSocket } from "../api/live-socket.ts";
import {
  type ClientFrame,
  CLOSE_UNAUTHORISED,
  type ConversationEvent,
  type ConversationOut,
  type ErrorFrame,
  type EventsFrame,
  type Language,
  type MessageOut,
  type Sender,
  type ServerFrame,
} from "../api/protocol.ts";
import { frameOf } from "./chat-frames.ts";
import { EventFeed } from "./event-feed.ts";
import { type Exclusively, exclusively } from "./exclusive.ts";
import { Observable } from "./observable.ts";
import { type NewEntry, Outbox, type OutboxEntry } from "./outbox.ts";
import { type KeyValueStore, readJson } from "./storage.ts";
import { type Line, mergeMessages, toLines } from "./transcript.ts";

export type Connection = "idle" | "connecting" | "online" | "offline";

export interface ChatOptions {
  origin: string;
  language: Language;
  store: KeyValueStore;
  open: typeof openConversation;
  connect?: (url: string) => WebSocket;
  exclusively?: Exclusively;
  now?: () => number;
  random?: () => number;
}

interface Credentials {
  id: string;
  token: string;
}

const TYPING_SHOWN_MS = 8000;
const TYPING_SENT_EVERY_MS = 3000;
/** A short loss of the connection is repaired unseen. */
const OFFLINE_AFTER_MS = 2500;
const ANSWER_WITHIN_MS = 5000;
/** Refusals that another try cannot change, for entries that nobody sees. */
const SILENT_KINDS = new Set(["button", "handoff"]);

function isCredentials(value: unknown): value is Credentials {
  return typeof value === "object" && value !== null && "id" in value && "token" in value;
}

export class ChatStore extends Observable {
  conversation: ConversationOut | null = null;
  messages: MessageOut[] = [];
  connection: Connection = "idle";
  language: Language;
  /** Who is writing just now, besides the customer. */
  typing: Sender | null = null;

  private credentials: Credentials | null = null;
  private chosenLanguage: Language | null = null;
  private feed = new EventFeed<ConversationEvent>();
  private socket: LiveSocket<ServerFrame, ClientFrame> | null = null;
  private acknowledged = new Map<string, OutboxEntry>();
  private isOpening = false;
  private openAttempt = 0;
  private typingSentAt = 0;
  private seenSeq = 0;
  private readonly outbox: Outbox;
  private readonly timers: Partial<Record<"typing" | "offline" | "answer" | "open", ReturnType<typeof setTimeout>>> = {};
  private readonly now: () => number;
  private readonly key: string;

  constructor(private readonly options: ChatOptions) {
    super();
    this.now = options.now ?? Date.now;
    this.key = `saldo:${options.origin}:`;
    this.outbox = new Outbox(options.store, `${this.key}outbox:`);
    this.language = options.language;
    this.readCredentials();
  }

  get hasConversation(): boolean {
    return this.credentials !== null;
  }

  get lines(): Line[] {
    const acknowledged = [...this.acknowledged.values()];
    const pending = this.outbox.list().filter((entry) => !this.acknowledged.has(entry.id));
    return toLines(this.messages, [...acknowledged, ...pending], "customer").map((line) =>
      this.acknowledged.has(line.key) ? { ...line, delivery: "stored" } : line,
    );
  }

  /** Whether a person has been asked for or is here. */
  get isWithPeople(): boolean {
    const status = this.conversation?.status;
    const isAsked = this.outbox.list().some((entry) => entry.kind === "handoff" && entry.refusal === null);
    return isAsked || (status !== undefined && status !== "with_bot");
  }

  get isClosed(): boolean {
    return this.conversation?.status === "closed";
  }

  /** Connect, opening a conversation first when there is none. */
  start(): void {
    if (this.socket || this.isOpening) return;
    if (this.credentials) this.connectSocket();
    else void this.openNew();
  }

  stop(): void {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.socket?.stop();
    this.socket = null;
    this.connection = "idle";
  }

  send(entry: NewEntry): void {
    this.transmit(this.outbox.add(entry, this.now()));
    this.changed();
  }

  retry(id: string): void {
    const entry = this.outbox.retry(id);
    if (entry) this.transmit(entry);
    this.changed();
  }

  discard(id: string): void {
    this.outbox.remove(id);
    this.changed();
  }

  chooseLanguage(language: Language): void {
    this.language = language;
    this.chosenLanguage = language;
    this.options.store.set(`${this.key}language`, language);
    if (this.socket?.send({ type: "language.set", language })) this.chosenLanguage = null;
    this.changed();
  }

  /** The page has changed its language; a conversation under way keeps its own. */
  suggestLanguage(language: Language): void {
    if (this.hasConversation) return;
    this.language = language;
    this.changed();
  }

  /** The person has the transcript before their eyes. */
  markSeen(): void {
    const seq = this.messages.at(-1)?.seq ?? 0;
    if (seq <= Math.max(this.seenSeq, this.conversation?.seen?.customer ?? 0) || this.connection !== "online") return;
    if (this.socket?.send({ type: "seen", seq })) this.seenSeq = seq;
  }

  /** What is being written survives a reload. */
  get draft(): string {
    return this.options.store.get(`${this.key}draft`) ?? "";
  }

  keepDraft(text: string): void {
    if (text === "") this.options.store.remove(`${this.key}draft`);
    else this.options.store.set(`${this.key}draft`, text);
    if (text !== "") this.tellTyping();
  }

  private tellTyping(): void {
    if (this.now() - this.typingSentAt < TYPING_SENT_EVERY_MS) return;
    this.typingSentAt = this.now();
    this.socket?.send({ type: "typing" });
  }

  /** Leave the closed conversation behind and begin a new one; refused messages go along. */
  startAnew(): void {
    this.forget();
    this.start();
    this.changed();
  }

  /** Another tab of this page has changed what is stored. */
  handleStored(key: string | null): void {
    if (key === `${this.key}conversation`) this.followOtherTab();
    else if (key?.startsWith(`${this.key}outbox:`)) this.changed();
  }

  private followOtherTab(): void {
    const before = this.credentials?.id;
    this.readCredentials();
    if (this.credentials === null || this.credentials.id === before) return;
    this.resetTranscript();
    this.start();
    this.changed();
  }

  private readCredentials(): void {
    const stored = readJson(this.options.store, `${this.key}conversation`);
    this.credentials = isCredentials(stored) ? stored : null;
  }

  private resetTranscript(): void {
    this.stop();
    this.conversation = null;
    this.messages = [];
    this.acknowledged.clear();
    this.feed = new EventFeed<ConversationEvent>();
    this.seenSeq = 0;
    this.typing = null;
  }

  private forget(): void {
    this.resetTranscript();
    this.credentials = null;
    this.options.store.remove(`${this.key}conversation`);
    for (const entry of this.outbox.list()) {
      if (SILENT_KINDS.has(entry.kind)) this.outbox.remove(entry.id);
      else this.outbox.retry(entry.id);
    }
  }

  private async openNew(): Promise<void> {
    this.isOpening = true;
    this.setConnection("connecting");
    try {
      await this.openOnce();
      this.isOpening = false;
      this.connectSocket();
    } catch {
      this.isOpening = false;
      this.setConnection("offline");
      this.startLater();
    }
  }

  private startLater(): void {
    clearTimeout(this.timers.open);
    const delay = retryDelay(this.openAttempt, this.options.random ?? Math.random);
    this.openAttempt += 1;
    this.timers.open = setTimeout(() => {
      this.start();
    }, delay);
  }

  /** Two tabs that open at the same moment share one conversation: the second finds what the first has stored. */
  private async openOnce(): Promise<void> {
    await (this.options.exclusively ?? exclusively)(`${this.key}open`, async () => {
      this.readCredentials();
      if (this.credentials) return;
      this.keep(await this.options.open(this.options.origin, this.language));
    });
  }

  private keep(opened: OpenedConversation): void {
    this.conversation = opened.conversation;
    this.credentials = { id: opened.conversation.id, token: opened.token };
    this.options.store.set(`${this.key}conversation`, JSON.stringify(this.credentials));
  }

  private connectSocket(): void {
    this.setConnection("connecting");
    const { connect, random } = this.options;
    this.socket = new LiveSocket(
      socketUrl(this.options.origin, "/ws/chat"),
      {
        hello: () => ({ type: "hello", token: this.credentials?.token ?? "", after: this.feed.seen }),
        receive: (frame) => {
          this.receive(frame);
        },
        lost: (code) => {
          this.handleLost(code);
        },
      },
      { ...(connect && { connect }), ...(random && { random }) },
    );
    this.socket.start();
  }

  private handleLost(code: number): void {
    if (code === CLOSE_UNAUTHORISED) {
      // With a delay: a server that refuses every token must not be flooded with new conversations.
      this.forget();
      this.setConnection("connecting");
      this.startLater();
      return;
    }
    this.timers.offline ??= setTimeout(() => {
      this.setConnection("offline");
    }, OFFLINE_AFTER_MS);
  }

  private setConnection(connection: Connection): void {
    if (connection !== "connecting") {
      clearTimeout(this.timers.offline);
      delete this.timers.offline;
    }
    this.connection = connection;
    this.changed();
  }

  private receive(frame: ServerFrame): void {
    if (frame.type === "ready") this.handleReady(frame.conversation, frame.last_event);
    else if (frame.type === "events") this.handleEvents(frame);
    else if (frame.type === "message.stored") this.handleAcknowledged(frame.client_msg_id);
    else if (frame.type === "typing") this.showTyping(frame.sender);
    else if (frame.type === "seen" && this.conversation) {
      this.conversation = { ...this.conversation, seen: { customer: frame.customer, agent: frame.agent } };
      this.changed();
    }
    else if (frame.type === "error") this.handleRefusal(frame);
  }

  private handleReady(conversation: ConversationOut, lastEvent: number): void {
    this.openAttempt = 0;
    this.applyConversation(conversation);
    this.setConnection("online");
    this.feed.ready(lastEvent);
    this.watchFeed();
    for (const entry of this.outbox.list()) if (entry.refusal === null) this.transmit(entry);
  }

  private applyConversation(conversation: ConversationOut): void {
    this.conversation = conversation;
    const chosen = this.chosenLanguage;
    if (chosen === null) this.language = conversation.language;
    else if (chosen === conversation.language || this.socket?.send({ type: "language.set", language: chosen }))
      this.chosenLanguage = null;
  }

  private handleEvents(frame: EventsFrame<ConversationEvent>): void {
    const { events, requestAfter } = this.feed.receive(frame);
    const posted = events.flatMap((event) => (event.message ? [event.message] : []));
    this.messages = mergeMessages(this.messages, posted);
    for (const message of posted) this.settle(message);
    for (const event of events) if (event.conversation) this.applyConversation(event.conversation);
    this.requestEvents(requestAfter);
    this.changed();
  }

  /** A message in the transcript is no longer pending, whether or not its acknowledgement arrived. */
  private settle(message: MessageOut): void {
    if (message.sender === this.typing) this.typing = null;
    if (message.client_msg_id === null) return;
    this.outbox.remove(message.client_msg_id);
    this.acknowledged.delete(message.client_msg_id);
  }

  private handleAcknowledged(id: string): void {
    const entry = this.outbox.find(id);
    if (entry) this.acknowledged.set(id, entry);
    this.outbox.remove(id);
    this.changed();
  }

  private handleRefusal(frame: ErrorFrame): void {
    if (frame.client_msg_id == null) return;
    const entry = this.outbox.find(frame.client_msg_id);
    if (entry && SILENT_KINDS.has(entry.kind)) this.outbox.remove(entry.id);
    else this.outbox.refuse(frame.client_msg_id, frame.text);
    this.changed();
  }

  private requestEvents(after: number | null): void {
    if (after !== null) this.socket?.send({ type: "events.get", after });
    this.watchFeed();
  }

  /** Ask again when the missing events do not come. */
  private watchFeed(): void {
    clearTimeout(this.timers.answer);
    if (!this.feed.isBehind) return;
    this.timers.answer = setTimeout(() => {
      this.requestEvents(this.feed.askAgain());
    }, ANSWER_WITHIN_MS);
  }

  private showTyping(sender: Sender): void {
    clearTimeout(this.timers.typing);
    this.typing = sender;
    this.timers.typing = setTimeout(() => {
      this.typing = null;
      this.changed();
    }, TYPING_SHOWN_MS);
    this.changed();
  }

  private transmit(entry: OutboxEntry): void {
    if (this.connection !== "online") return;
    this.socket?.send(frameOf(entry));
  }
}
