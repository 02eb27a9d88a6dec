/** The desk's line to the server: numbered events in order and without gaps, signs of life, and the rest as it comes. */
import type { ConsoleClientFrame, ConsoleEvent, ConsoleServerFrame } from "../api/console.ts";
import { socketUrl } from "../api/conversations.ts";
import { LiveSocket } from "../api/live-socket.ts";
import type { EventsFrame } from "../api/protocol.ts";
import { EventFeed } from "./event-feed.ts";

/** What comes without a number; a loss of the line may have swallowed some. */
export type PassingFrame = Exclude<ConsoleServerFrame, { type: "ready" | "events" | "pulse" | "pong" | "error" }>;

export interface ConsoleLineHandlers {
  apply(event: ConsoleEvent): void;
  receive(frame: PassingFrame): void;
  /** The line stands, for the first time or again. */
  ready(): void;
  lost(code: number): void;
  /** The server asked for a sign of life and got it. */
  pulse(): void;
  /** Everything of one frame has been applied. */
  changed(): void;
}

export interface ConsoleLineOptions {
  origin: string;
  /** The number of the last event that the snapshot contains. */
  lastEvent: number;
  connect?: (url: string) => WebSocket;
}

const ANSWER_WITHIN_MS = 5000;
const SIGN_OF_LIFE_EVERY_MS = 10_000;

export class ConsoleLine {
  private readonly feed: EventFeed<ConsoleEvent>;
  private readonly socket: LiveSocket<ConsoleServerFrame, ConsoleClientFrame>;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    options: ConsoleLineOptions,
    private readonly handlers: ConsoleLineHandlers,
  ) {
    this.feed = new EventFeed<ConsoleEvent>(options.lastEvent);
    this.socket = new LiveSocket(
      socketUrl(options.origin, "/ws/console"),
      {
        hello: () => ({ type: "hello", after: this.feed.seen }),
        receive: (frame) => {
          this.receive(frame);
        },
        lost: (code) => {
          handlers.lost(code);
        },
      },
      { heartbeatMs: SIGN_OF_LIFE_EVERY_MS, ...(options.connect ? { connect: options.connect } : {}) },
    );
  }

  start(): void {
    this.socket.start();
  }

  stop(): void {
    clearTimeout(this.answerTimer);
    this.socket.stop();
  }

  /** The number of the last event that has been applied. */
  get seen(): number {
    return this.feed.seen;
  }

  /** Return whether the frame was handed to the browser. */
  send(frame: ConsoleClientFrame): boolean {
    return this.socket.send(frame);
  }

  private receive(frame: ConsoleServerFrame): void {
    if (frame.type === "ready") this.handleReady(frame.last_event);
    else if (frame.type === "events") this.handleEvents(frame);
    else if (frame.type === "pulse") this.answerPulse();
    else if (frame.type !== "pong" && frame.type !== "error") this.handlers.receive(frame);
    this.handlers.changed();
  }

  private handleReady(lastEvent: number): void {
    this.feed.ready(lastEvent);
    this.watchFeed();
    this.handlers.ready();
  }

  private handleEvents(frame: EventsFrame<ConsoleEvent>): void {
    const { events, requestAfter } = this.feed.receive(frame);
    for (const event of events) this.handlers.apply(event);
    this.request(requestAfter);
  }

  /** Timers of a tab in the background are slowed to one a minute; answers are not. */
  private answerPulse(): void {
    this.socket.send({ type: "ping" });
    this.handlers.pulse();
  }

  private request(after: number | null): void {
    if (after !== null) this.socket.send({ type: "events.get", after });
    this.watchFeed();
  }

  private watchFeed(): void {
    clearTimeout(this.answerTimer);
    if (!this.feed.isBehind) return;
    this.answerTimer = setTimeout(() => {
      this.request(this.feed.askAgain());
    }, ANSWER_WITHIN_MS);
  }
}
