/** A WebSocket that comes back: reconnects with backoff and jitter for as long as it is wanted, and notices silence. */
import { retryDelay } from "./backoff.ts";

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;

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
  private readonly connect: (url: string) => WebSocket;
  private readonly random: () => number;
  private readonly handleWake = (): void => {
    this.retryNow();
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
    globalThis.document.addEventListener("visibilitychange", this.handleWake);
    this.open();
    const { heartbeatMs } = this.options;
    if (heartbeatMs === undefined) return;
    this.heartbeat = setInterval(() => {
      this.send({ type: "ping" });
    }, heartbeatMs);
  }

  stop(): void {
    this.wanted = false;
    globalThis.removeEventListener("online", this.handleWake);
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
    this.expectFrame();
  }

  private handleMessage(data: string): void {
    const frame = JSON.parse(data) as In;
    if (frame.type === "ready") this.attempt = 0;
    this.schedulePing();
    if (frame.type !== "pong") this.handlers.receive(frame);
  }

  private handleClose(code: number): void {
    this.socket = null;
    clearTimeout(this.pingTimer);
    this.handlers.lost(code);
    // `lost` may stop the socket, or start another conversation on a new one.
    if (!this.wanted) return;
    this.retryTimer = setTimeout(() => {
      this.open();
    }, retryDelay(this.attempt, this.random));
    this.attempt += 1;
  }

  private retryNow(): void {
    if (this.retryTimer !== undefined && globalThis.document.visibilityState !== "hidden") this.open();
  }

  private schedulePing(): void {
    clearTimeout(this.pingTimer);
    this.pingTimer = setTimeout(() => {
      this.send({ type: "ping" });
      this.expectFrame();
    }, PING_EVERY_MS);
  }

  private expectFrame(): void {
    clearTimeout(this.pingTimer);
    this.pingTimer = setTimeout(() => {
      this.drop(4000);
      this.handleClose(1006);
    }, PONG_WITHIN_MS);
  }

  private drop(code: number): void {
    clearTimeout(this.pingTimer);
    const socket = this.socket;
    this.socket = null;
    socket?.close(code);
  }
}
