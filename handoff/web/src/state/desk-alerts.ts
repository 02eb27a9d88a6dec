/**
 * What calls the agent: an offer, or customers who wait for an answer. Decides when it is heard and shown again; how is
 * another's business. One tab of several speaks, so that nothing is heard twice.
 */
import type { TimedOffer } from "./console-offer.ts";
import type { DeskRow } from "./console-rows.ts";

export interface Alert {
  /** One notification per key stands on the screen at a time. */
  key: string;
  kind: "offer" | "message";
  queue: string | null;
  repeatMs: number;
}

/** An offer lasts twenty seconds and is called three times; a message can wait longer. */
const OFFER_AGAIN_MS = 6000;
const MESSAGE_AGAIN_MS = 30_000;

/** Return the most pressing thing that is unanswered, null when there is none. */
export function findAlert(offer: TimedOffer | null, rows: readonly DeskRow[]): Alert | null {
  if (offer) return { key: `offer:${offer.id}`, kind: "offer", queue: offer.queue ?? null, repeatMs: OFFER_AGAIN_MS };
  const unread = rows.filter((row) => row.unread > 0);
  if (unread.length === 0) return null;
  const key = unread.map((row) => `${row.id}:${row.unread}`).sort().join(" ");
  // Several queues ask: heard as long as one of them is not muted.
  const queues = new Set(unread.map((row) => row.queue ?? null));
  const [queue = null] = queues.size === 1 ? queues : [];
  return { key: `message:${key}`, kind: "message", queue, repeatMs: MESSAGE_AGAIN_MS };
}

export interface AlertVoice {
  /** `isAgain`: it has been called before. */
  call(alert: Alert, isAgain: boolean): void;
  /** It has been acted on: take it off the screen. */
  end(key: string): void;
}

export class AlertRepeater {
  private current: Alert | null = null;
  private calledAt = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly voice: AlertVoice,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Call a new alert now, and again until it is another or none. The timers of a page in the background are slowed to one
   * a minute, so that every word of the server is an occasion as well.
   */
  show(alert: Alert | null): void {
    if (alert?.key === this.current?.key) {
      this.again();
      return;
    }
    clearInterval(this.timer);
    if (this.current) this.voice.end(this.current.key);
    this.current = alert;
    if (!alert) return;
    this.call(alert, false);
    this.timer = setInterval(() => {
      this.again();
    }, alert.repeatMs);
  }

  private again(): void {
    if (this.current && this.now() - this.calledAt >= this.current.repeatMs) this.call(this.current, true);
  }

  private call(alert: Alert, isAgain: boolean): void {
    this.calledAt = this.now();
    this.voice.call(alert, isAgain);
  }
}
