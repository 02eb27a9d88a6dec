/** A WebSocket that comes back: reconnects with backoff and jitter for as long as it is wanted, and notices silence. */
import { retryDelay } from "./backoff.ts";

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;
/** Somebody waits for the answer. */
const ANSWER_WITHIN_MS = 5000;
const WAKE_WITHIN_MS = 3000;

export interface LiveSocketHandlers<In, Out> {
  /** The first frame, asked anew at each connection because it carries the last event number. */
  hello(): Out;
  receive(frame: In): void;
  /** The connection is gone; a new try follows unless `stop` is called. */
  lost(code: number): void;
}

export interface LiveSocketOptions {
  connect?: (url: string) => WebSocket;
  random?: () => number;
  /** Send a ping this often whatever else is said, for a server that counts them as signs of life. */
  heartbeatMs?: number;
}

export class LiveSocket<In extends { type: string }, Out extends { type: string }> {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private wanted = false;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setTimeout> | undefined;
  /** By when the server must have said something; Infinity while nothing was asked. */
  private expectedBy = Infinity;
  private readonly connect: (url: string) => WebSocket;
  private readonly random: () => number;
  /** Back in the net, or before somebody's eyes again: what looks open may have died meanwhile. */
  private readonly handleWake = (): void => {
    if (globalThis.document.visibilityState === "hidden") return;
    if (this.retryTimer === undefined) this.request({ type: "ping" }, WAKE_WITHIN_MS);
    else this.open();
  };
  private readonly handleOffline = (): void => {
    if (this.socket) this.lose();
  };

  constructor(
    private readonly url: string,
    private readonly handlers: LiveSocketHandlers<In, Out>,
    private readonly options: LiveSocketOptions = {},
  ) {
    this.connect = options.connect ?? ((address) => new WebSocket(address));
    this.random = options.random ?? Math.random;
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    globalThis.addEventListener("online", this.handleWake);
    globalThis.addEventListener("offline", this.handleOffline);
    globalThis.document.addEventListener("visibilitychange", this.handleWake);
    this.open();
    const { heartbeatMs } = this.options;
    if (heartbeatMs === undefined) return;
    this.heartbeat = setInterval(() => {
      this.request({ type: "ping" });
    }, heartbeatMs);
  }

  stop(): void {
    this.wanted = false;
    globalThis.removeEventListener("online", this.handleWake);
    globalThis.removeEventListener("offline", this.handleOffline);
    globalThis.document.removeEventListener("visibilitychange", this.handleWake);
    clearTimeout(this.retryTimer);
    clearInterval(this.heartbeat);
    this.drop(1000);
  }

  /** Send when connected; return whether the frame was handed to the browser. */
  send(frame: Out | { type: "ping" }): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Send what the server answers: a line on which nothing comes in time is dead. */
  request(frame: Out | { type: "ping" }, withinMs = ANSWER_WITHIN_MS): boolean {
    const isSent = this.send(frame);
    if (isSent) this.expectFrame(withinMs);
    return isSent;
  }

  private open(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    const socket = this.connect(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      if (this.socket === socket) socket.send(JSON.stringify(this.handlers.hello()));
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (this.socket === socket) this.handleMessage(String(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (this.socket === socket) this.handleClose(event.code);
    });
    // A connection attempt can hang for minutes in a captive network: the same silence rule ends it.
    this.expectFrame(PONG_WITHIN_MS);
  }

  private handleMessage(data: string): void {
    const frame = JSON.parse(data) as In;
    if (frame.type === "ready") this.attempt = 0;
    this.schedulePing();
    if (frame.type !== "pong") this.handlers.receive(frame);
  }

  private handleClose(code: number): void {
    this.socket = null;
    this.expectNothing();
    this.handlers.lost(code);
    // `lost` may stop the socket, or start another conversation on a new one.
    if (!this.wanted) return;
    this.retryTimer = setTimeout(() => {
      this.open();
    }, retryDelay(this.attempt, this.random));
    this.attempt += 1;
  }

  private schedulePing(): void {
    this.expectNothing();
    this.pingTimer = setTimeout(() => {
      this.request({ type: "ping" }, PONG_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  /** What was expected earlier still is: whoever goes on sending does not put off the moment. */
  private expectFrame(withinMs: number): void {
    const by = Date.now() + withinMs;
    if (by >= this.expectedBy) return;
    this.expectNothing();
    this.expectedBy = by;
    this.pingTimer = setTimeout(() => {
      this.lose();
    }, withinMs);
  }

  private expectNothing(): void {
    clearTimeout(this.pingTimer);
    this.expectedBy = Infinity;
  }

  private lose(): void {
    this.drop(4000);
    this.handleClose(1006);
  }

  private drop(code: number): void {
    this.expectNothing();
    const socket = this.socket;
    this.socket = null;
    socket?.close(code);
  }
}
