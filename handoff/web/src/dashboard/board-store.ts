/** The supervisor's board: the newest snapshot, the day's chart, and what the supervisor does. Knows the wire, not the DOM. */
import type { BoardApi, BoardFrame, BoardHello, BoardOut, DayOut } from "../api/board.ts";
import { ApiError } from "../api/http.ts";
import { LiveSocket } from "../api/live-socket.ts";
import { CLOSE_UNAUTHORISED } from "../api/protocol.ts";
import { Observable } from "../state/observable.ts";

export type BoardPhase = "loading" | "signed_out" | "forbidden" | "ready";

export interface BoardStoreOptions {
  origin: string;
  api: BoardApi;
  connect?: (url: string) => WebSocket;
}

const RETRY_MS = 3000;
const DAY_AGAIN_MS = 30_000;
const DAY_MS = 86_400_000;

export class BoardStore extends Observable {
  phase: BoardPhase = "loading";
  isConnected = true;
  isUnreachable = false;
  board: BoardOut | null = null;
  /** The day that the chart shows; null is today. */
  chosenDay: string | null = null;
  day: DayOut | null = null;
  /** Why the last deed was refused, in the server's words; "" where it had none. */
  refusal: string | null = null;
  /** Limits that were asked for and not shown by a snapshot yet. */
  private readonly limits = new Map<string, number>();
  private socket: LiveSocket<BoardFrame, BoardHello> | null = null;
  private dayTimer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: BoardStoreOptions) {
    super();
  }

  get date(): string | null {
    return this.chosenDay ?? this.board?.today ?? null;
  }

  async load(): Promise<void> {
    try {
      this.board = await this.options.api.getBoard();
      this.isUnreachable = false;
      this.phase = "ready";
      this.connect();
      void this.loadDay();
    } catch (error) {
      this.refuse(error);
    }
    this.changed();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.options.api.signIn(email, password);
    await this.load();
  }

  stop(): void {
    this.socket?.stop();
    this.socket = null;
    clearInterval(this.dayTimer);
  }

  /** Show another day: one earlier or one later, never one to come. */
  async turnDay(step: 1 | -1): Promise<void> {
    const [shown, today] = [this.date, this.board?.today];
    if (shown === null || today === undefined) return;
    const turned = new Date(Date.parse(shown) + step * DAY_MS).toISOString().slice(0, 10);
    if (turned > today) return;
    this.chosenDay = turned === today ? null : turned;
    await this.loadDay();
  }

  limitOf(agentId: string): number {
    const known = this.board?.agents.find(({ id }) => id === agentId)?.capacity ?? 1;
    return this.limits.get(agentId) ?? known;
  }

  /** The refusal has been read. */
  dismiss(): void {
    this.refusal = null;
    this.changed();
  }

  /** Whoever holds conversations is not signed out; the server says so. */
  async signOut(): Promise<void> {
    if (!(await this.attempt(() => this.options.api.signOut()))) return;
    this.stop();
    await this.load();
  }

  async setLimit(agentId: string, capacity: number): Promise<void> {
    if (capacity < 1 || capacity > 20) return;
    this.limits.set(agentId, capacity);
    this.changed();
    await this.attempt(() => this.options.api.setLimit(agentId, capacity));
    if (this.refusal !== null) this.limits.delete(agentId);
    this.changed();
  }

  assign(entryId: string, agentId: string): Promise<boolean> {
    return this.attempt(() => this.options.api.assign(entryId, agentId));
  }

  reassign(conversationId: string, agentId: string): Promise<boolean> {
    return this.attempt(() => this.options.api.reassign(conversationId, agentId));
  }

  endAlarm(alarmId: string): Promise<boolean> {
    return this.attempt(() => this.options.api.endAlarm(alarmId));
  }

  async loadDay(): Promise<void> {
    const wanted = this.date;
    if (wanted === null) return;
    const day = await this.options.api.getDay(wanted).catch(() => null);
    if (day === null || this.date !== wanted) return;
    this.day = day;
    this.changed();
  }

  private async attempt(deed: () => Promise<unknown>): Promise<boolean> {
    this.refusal = null;
    try {
      await deed();
    } catch (error) {
      this.refusal = error instanceof ApiError ? (error.text ?? "") : "";
    }
    this.changed();
    return this.refusal === null;
  }

  private refuse(error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401 || status === 404) {
      this.stop();
      this.phase = status === 401 ? "signed_out" : "forbidden";
      return;
    }
    this.isUnreachable = true;
    setTimeout(() => void this.load(), RETRY_MS);
  }

  private connect(): void {
    if (this.socket) return;
    const { connect } = this.options;
    this.socket = new LiveSocket<BoardFrame, BoardHello>(
      `${this.options.origin.replace(/^http/, "ws")}/ws/board`,
      {
        hello: () => ({ type: "hello" }),
        receive: (frame) => {
          this.receive(frame);
        },
        lost: (code) => {
          this.lose(code);
        },
      },
      connect ? { connect } : {},
    );
    this.socket.start();
    // A day that is over does not change.
    this.dayTimer = setInterval(() => void (this.chosenDay === null && this.loadDay()), DAY_AGAIN_MS);
  }

  private receive(frame: BoardFrame): void {
    this.isConnected = true;
    if (frame.type === "board.changed") {
      this.board = frame.board;
      for (const { id, capacity } of frame.board.agents) if (this.limits.get(id) === capacity) this.limits.delete(id);
    }
    this.changed();
  }

  private lose(code: number): void {
    this.isConnected = false;
    if (code === CLOSE_UNAUTHORISED) {
      this.stop();
      void this.load();
    }
    this.changed();
  }
}
