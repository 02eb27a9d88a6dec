/** An agent's desk: session, snapshot, the events that change it, and the offer. Knows the wire, not the DOM. */
import type {
  AgentOut,
  ConsoleApi,
  ConsoleClientFrame,
  ConsoleEvent,
  ConsoleOut,
  QueueOut,
} from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { CLOSE_UNAUTHORISED, type Language } from "../api/protocol.ts";
import { type ActionDesk, DeskActions } from "./console-actions.ts";
import { DeskConversations } from "./console-conversations.ts";
import { ConsoleLine, type PassingFrame } from "./console-line.ts";
import { OfferSlot, type TimedOffer } from "./console-offer.ts";
import { replaceRows } from "./console-rows.ts";
import { DeskWriting } from "./console-writing.ts";
import type { KeyValueStore } from "./storage.ts";

export type DeskPhase = "loading" | "signed_out" | "ready";

export interface ConsoleStoreOptions {
  origin: string;
  api: ConsoleApi;
  store: KeyValueStore;
  connect?: (url: string) => WebSocket;
  now?: () => number;
  /** Hears what comes over the desk's line and is another's business. */
  heard?: (frame: PassingFrame) => void;
}

const RETRY_LOAD_MS = 3000;
/** A snapshot that events have overtaken is asked for anew after so long. */
const OVERTAKEN_MS = 250;

export class ConsoleStore extends DeskConversations implements ActionDesk {
  phase: DeskPhase = "loading";
  isUnreachable = false;
  isConnected = true;
  queue: QueueOut = { waiting: 0, oldest_wait_seconds: null };
  /** When `queue` was told; its oldest wait grows from there. */
  queueAt = 0;
  /** Why the agent could not be signed out, in the server's own words; empty where there are none. */
  signOutRefusal: string | null = null;

  readonly actions: DeskActions;
  private readonly slot = new OfferSlot(() => {
    this.changed();
  });
  private loadTimer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private line: ConsoleLine | null = null;

  constructor(private readonly options: ConsoleStoreOptions) {
    super(options.api, options.now ?? Date.now);
    this.actions = new DeskActions(options.api, this, options.store);
    this.actions.subscribe(() => {
      this.changed();
    });
  }

  get offer(): TimedOffer | null {
    return this.slot.current;
  }

  /** How the last offer went away without the agent's doing. */
  get lostOffer(): "expired" | "withdrawn" | null {
    return this.slot.lost;
  }

  /** How the agent is not at work; null while conversations are offered to them. */
  get off(): "away" | "offline" | null {
    const { presence = "offline" } = this.agent ?? {};
    return presence === "away" || presence === "offline" ? presence : null;
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    const { agent, queue } = this;
    try {
      const snapshot = await this.options.api.getConsole();
      if (asked !== this.asked) return;
      // Presence and queue carry no number: what was told of them meanwhile is newer.
      this.applySnapshot({
        ...snapshot,
        agent: this.agent === agent ? snapshot.agent : (this.agent ?? snapshot.agent),
        queue: this.queue === queue ? snapshot.queue : this.queue,
      });
    } catch (error) {
      if (asked !== this.asked) return;
      if (error instanceof ApiError && error.status === 401) this.showSignIn();
      else this.retryLoad();
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
      // Whoever leaves a shared machine must not believe to be signed out.
      if (error instanceof ApiError && error.status === 401) this.showSignIn();
      else this.signOutRefusal = error instanceof ApiError ? (error.text ?? "") : "";
    }
    this.changed();
  }

  async setPresence(status: "available" | "away"): Promise<void> {
    await this.actions.setPresence(status);
  }

  /** Return whether the conversation is this agent's now. */
  async acceptOffer(): Promise<boolean> {
    return this.offer !== null && (await this.actions.accept(this.offer.id));
  }

  async declineOffer(): Promise<void> {
    if (this.offer) await this.actions.decline(this.offer.id);
  }

  /** The server words refusals, summaries and offers in it. */
  async setLanguage(language: Language): Promise<void> {
    try {
      await this.options.api.setLanguage(language);
      if (this.agent) this.agent = { ...this.agent, language };
      this.line?.stop();
      this.line = null;
      await this.load();
    } catch {
      // The page has changed its language already; the server's sentences come in the one it knows.
    }
  }

  async close(): Promise<void> {
    this.signOutRefusal = null;
    if (this.chosenId !== null) await this.actions.close(this.chosenId);
  }

  takeAgent(agent: AgentOut): void {
    this.agent = agent;
  }

  clearOffer(): void {
    this.slot.clear();
  }

  protected send(frame: ConsoleClientFrame): boolean {
    return this.line?.send(frame) === true;
  }

  private applySnapshot(snapshot: ConsoleOut): void {
    this.isUnreachable = false;
    if (this.line && snapshot.last_event < this.line.seen) {
      this.loadLater(OVERTAKEN_MS);
      return;
    }
    this.agent = snapshot.agent;
    this.rows = replaceRows(this.rows, snapshot.conversations, this.chosenId, this.now());
    this.slot.put(snapshot.offer, this.now());
    if (snapshot.queue !== this.queue) this.applyQueue(snapshot.queue);
    this.tidy();
    if (this.chosenId !== null) this.markRead(this.chosenId);
    if (this.phase !== "ready") this.begin(snapshot);
    else if (!this.line) this.connect(snapshot.last_event);
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
    this.writing.flushAll();
    this.actions.wrapUps.keepOnly(new Set(this.rows.map(({ id }) => id)));
    for (const { id, wrapUpEndsAt } of this.rows)
      if (wrapUpEndsAt !== null) this.actions.wrapUps.resume(id, wrapUpEndsAt - this.now());
    this.connect(snapshot.last_event);
  }

  private showSignIn(): void {
    this.phase = "signed_out";
    this.asked += 1;
    clearTimeout(this.loadTimer);
    this.signOutRefusal = null;
    this.line?.stop();
    this.line = null;
    this.writing?.stop();
    this.threads.clear();
    this.loader.stop();
    this.actions.stop();
    this.rows = [];
    this.names.clear();
    this.slot.clear();
    this.chosenId = null;
  }

  private retryLoad(): void {
    this.isUnreachable = true;
    this.loadLater(RETRY_LOAD_MS);
  }

  private loadLater(delay: number): void {
    clearTimeout(this.loadTimer);
    this.loadTimer = setTimeout(() => void this.load(), delay);
  }

  protected handleRefused(id: string, error: ApiError): void {
    if (error.status === 401) this.showSignIn();
    else if (this.chosenId === id && !this.threads.has(id)) {
      this.choose(null);
      this.actions.refuse(error.text ?? "");
    }
    this.changed();
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
          if (this.isJoined) this.reloadThread();
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
    else if (frame.type === "seen") this.threads.setSeen(frame.conversation_id, frame);
    // A newer server may say more than this desk knows.
    else this.options.heard?.(frame);
  }

  private handleReady(): void {
    const wasLost = !this.isConnected;
    this.isConnected = true;
    this.tellViewing();
    // Presence, queue and read states are not numbered: what was said before the line stood is fetched anew.
    void this.load();
    if (!wasLost) return;
    this.reloadThread();
    if (this.chosenId !== null) this.options.heard?.({ type: "actions.changed", conversation_id: this.chosenId });
    this.options.heard?.({ type: "approvals.changed" });
  }

  private applyEvent(event: ConsoleEvent): void {
    if (event.offer) this.slot.apply(event.offer, this.now());
    if (event.conversation) {
      this.takeRow(event.conversation);
      if (event.conversation.id === this.chosenId) this.reloadThread();
    }
    if (event.conversation_id === undefined) return;
    if (event.message) this.takeMessage(event.conversation_id, event.message);
    if (event.note) this.threads.addNote(event.conversation_id, event.note);
  }

  private applyQueue(queue: QueueOut): void {
    this.queue = queue;
    this.queueAt = this.now();
  }
}
