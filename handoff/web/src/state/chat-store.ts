/**
 * One customer's conversation in one browser: opens it, keeps it up to date, and sees to it that nothing typed is lost.
 * Knows the wire and the outbox, not the DOM.
 */
import { retryDelay } from "../api/backoff.ts";
import type { Holder, uploadFile } from "../api/chat-files.ts";
import { type openConversation, socketUrl } from "../api/conversations.ts";
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
import { StoredCredentials } from "./chat-credentials.ts";
import { ChatDraft } from "./chat-draft.ts";
import { ChatFiles } from "./chat-files.ts";
import { frameOf } from "./chat-frames.ts";
import { ChatOpening, inTime } from "./chat-opening.ts";
import { ChatWriter } from "./chat-writer.ts";
import { EventFeed } from "./event-feed.ts";
import { type Exclusively, exclusively } from "./exclusive.ts";
import { Observable } from "./observable.ts";
import { type NewEntry, Outbox, type OutboxEntry } from "./outbox.ts";
import type { KeyValueStore } from "./storage.ts";
import { type Line, mergeMessages, toLines } from "./transcript.ts";

export type Connection = "idle" | "connecting" | "online" | "offline";

export interface ChatOptions {
  origin: string;
  language: Language;
  store: KeyValueStore;
  open: typeof openConversation;
  upload?: typeof uploadFile;
  connect?: (url: string) => WebSocket;
  exclusively?: Exclusively;
  now?: () => number;
  random?: () => number;
}

/** A short loss of the connection is repaired unseen. */
const OFFLINE_AFTER_MS = 2500;
const ANSWER_WITHIN_MS = 5000;
/** What is pressed belongs to its conversation: it is not taken along into another one. */
const PRESSED_KINDS = new Set(["button", "handoff"]);
/** Refusals that pass: the same entry is sent again, under its id. */
const PASSING = new Set(["TooManyMessages", "InternalError"]);

export class ChatStore extends Observable {
  conversation: ConversationOut | null = null;
  messages: MessageOut[] = [];
  connection: Connection = "idle";
  language: Language;

  /** What the customer sends besides words. */
  readonly files: ChatFiles;
  private readonly stored: StoredCredentials;
  private readonly writing: ChatDraft;
  private chosenLanguage: Language | null = null;
  private feed = new EventFeed<ConversationEvent>();
  private socket: LiveSocket<ServerFrame, ClientFrame> | null = null;
  private acknowledged = new Map<string, OutboxEntry>();
  private readonly opening: ChatOpening;
  private resendAttempt = 0;
  private readonly writer = new ChatWriter(() => {
    this.changed();
  });
  private seenSeq = 0;
  private readonly outbox: Outbox;
  private readonly timers: Partial<Record<"offline" | "answer" | "resend", ReturnType<typeof setTimeout> | undefined>> = {};
  private readonly now: () => number;
  private readonly key: string;

  constructor(private readonly options: ChatOptions) {
    super();
    this.now = options.now ?? Date.now;
    this.key = `saldo:${options.origin}:`;
    this.opening = new ChatOpening(this.start.bind(this), options.random);
    this.outbox = new Outbox(options.store, `${this.key}outbox:`);
    this.language = options.language;
    this.stored = new StoredCredentials(options.store, `${this.key}conversation`);
    this.writing = new ChatDraft(options.store, `${this.key}draft`, this.now, () => this.socket?.send({ type: "typing" }));
    const holder = (): Holder | null => this.holder;
    const sent = (message: MessageOut): unknown => (this.messages = mergeMessages(this.messages, [message]));
    this.files = new ChatFiles({ holder, sent, changed: this.changed.bind(this) }, options);
  }

  /** What proves that the conversation is this customer's, wherever a request of its own is made. */
  get holder(): Holder | null {
    return this.stored.current && { ...this.stored.current, origin: this.options.origin, language: this.language };
  }

  get hasConversation(): boolean {
    return this.stored.current !== null;
  }

  get lines(): Line[] {
    const acknowledged = [...this.acknowledged.values()];
    const pending = this.outbox.list().filter((entry) => !this.acknowledged.has(entry.id));
    const lines = toLines(this.messages, [...acknowledged, ...pending], "customer").map((line): Line =>
      this.acknowledged.has(line.key) ? { ...line, delivery: "stored" } : line,
    );
    return [...lines, ...this.files.lines];
  }

  /** What others have said and the customer has not had before their eyes, in this tab or any other. */
  get unreadCount(): number {
    const seen = Math.max(this.seenSeq, this.conversation?.seen?.customer ?? 0);
    return this.messages.filter(({ sender, seq }) => sender !== "customer" && seq > seen).length;
  }

  /** Who is writing just now, besides the customer. */
  get typing(): Sender | null {
    return this.writer.sender;
  }

  /** Whether a person has been asked for or is here. */
  get isWithPeople(): boolean {
    const status = this.conversation?.status;
    const isAsked = this.outbox.list().some((entry) => entry.kind === "handoff" && entry.refusal === null);
    return isAsked || (status !== undefined && status !== "with_bot");
  }

  /** The assistant reads no files. */
  get takesFiles(): boolean {
    const { status, channel } = this.conversation ?? {};
    return channel === "webchat" && status !== "with_bot" && status !== "closed";
  }

  get isClosed(): boolean {
    return this.conversation?.status === "closed";
  }

  /** Connect, opening a conversation first when there is none. */
  start(): void {
    if (this.socket || this.opening.isBusy) return;
    if (this.stored.current) this.connectSocket();
    else void this.openNew();
  }

  stop(): void {
    for (const name of ["offline", "answer", "resend"] as const) this.endTimer(name);
    this.opening.stop();
    this.writer.clear();
    this.files.pause();
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
    else this.files.retry(id);
    this.changed();
  }

  discard(id: string): void {
    this.outbox.remove(id);
    this.files.discard(id);
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
    if (!this.socket?.send({ type: "seen", seq })) return;
    this.seenSeq = seq;
    this.changed();
  }

  get draft(): string {
    return this.writing.text;
  }

  keepDraft(text: string): void {
    this.writing.keep(text);
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
    const before = this.stored.current?.id;
    this.stored.read();
    if (this.stored.current === null || this.stored.current.id === before) return;
    this.resetTranscript();
    this.start();
    this.changed();
  }

  private resetTranscript(): void {
    this.stop();
    this.conversation = null;
    this.messages = [];
    this.acknowledged.clear();
    this.feed = new EventFeed<ConversationEvent>();
    this.seenSeq = 0;
  }

  private forget(): void {
    this.resetTranscript();
    this.stored.forget();
    this.files.clear();
    for (const entry of this.outbox.list()) {
      if (PRESSED_KINDS.has(entry.kind)) this.outbox.remove(entry.id);
      else this.outbox.retry(entry.id);
    }
  }

  private async openNew(): Promise<void> {
    const { open, origin } = this.options;
    this.setConnection("connecting");
    const done = await this.opening.run(() =>
      this.stored.openOnce(() => inTime(open(origin, this.language)), this.options.exclusively ?? exclusively),
    );
    if (done) {
      this.conversation = done.opened ?? this.conversation;
      this.connectSocket();
      return;
    }
    this.setConnection("offline");
    this.opening.later();
  }

  private connectSocket(): void {
    this.setConnection("connecting");
    const { connect, random } = this.options;
    this.socket = new LiveSocket(
      socketUrl(this.options.origin, "/ws/chat"),
      {
        hello: () => ({ type: "hello", token: this.stored.current?.token ?? "", after: this.feed.seen }),
        receive: this.receive.bind(this),
        lost: this.handleLost.bind(this),
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
      this.opening.later();
      return;
    }
    this.timers.offline ??= setTimeout(() => {
      this.setConnection("offline");
    }, OFFLINE_AFTER_MS);
  }

  private setConnection(connection: Connection): void {
    if (connection !== "connecting") this.endTimer("offline");
    this.connection = connection;
    this.changed();
  }

  private endTimer(name: keyof typeof this.timers): void {
    clearTimeout(this.timers[name]);
    this.timers[name] = undefined;
  }

  private receive(frame: ServerFrame): void {
    if (frame.type === "ready") this.handleReady(frame.conversation, frame.last_event);
    else if (frame.type === "events") this.handleEvents(frame);
    else if (frame.type === "message.stored") this.handleAcknowledged(frame.client_msg_id);
    else if (frame.type === "typing") this.writer.show(frame.sender);
    else if (frame.type === "seen" && this.conversation) {
      this.conversation = { ...this.conversation, seen: { customer: frame.customer, agent: frame.agent } };
      this.changed();
    }
    else if (frame.type === "error") this.handleRefusal(frame);
  }

  private handleReady(conversation: ConversationOut, lastEvent: number): void {
    this.opening.succeed();
    this.applyConversation(conversation);
    this.setConnection("online");
    this.feed.ready(lastEvent);
    this.watchFeed();
    this.transmitAll();
    this.files.resume();
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
    if (message.sender === this.typing) this.writer.clear();
    if (message.client_msg_id === null) return;
    this.outbox.remove(message.client_msg_id);
    this.acknowledged.delete(message.client_msg_id);
    this.files.settle(message.client_msg_id);
  }

  private handleAcknowledged(id: string): void {
    const entry = this.outbox.find(id);
    this.resendAttempt = 0;
    if (entry) this.acknowledged.set(id, entry);
    this.outbox.remove(id);
    this.changed();
  }

  private handleRefusal(frame: ErrorFrame): void {
    if (PASSING.has(frame.error)) this.transmitLater();
    if (frame.client_msg_id == null || PASSING.has(frame.error)) return;
    // A button stands for the moment in which it was shown: nobody would press it again.
    if (this.outbox.find(frame.client_msg_id)?.kind === "button") this.outbox.remove(frame.client_msg_id);
    else this.outbox.refuse(frame.client_msg_id, frame.text);
    this.changed();
  }

  private transmitLater(): void {
    this.timers.resend ??= setTimeout(() => {
      this.endTimer("resend");
      this.transmitAll();
    }, retryDelay(this.resendAttempt++, this.options.random ?? Math.random));
  }

  private transmitAll(): void {
    for (const entry of this.outbox.list()) if (entry.refusal === null) this.transmit(entry);
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

  private transmit(entry: OutboxEntry): void {
    if (this.connection !== "online") return;
    this.socket?.request(frameOf(entry));
  }
}
