/**
 * Numbered events, applied once and in order: what to apply, and what to ask the server for. Pure.
 * After a hello the server sends page after page by itself; the client asks only when it sees a gap or hears nothing.
 */
import type { EventsFrame, NumberedEvent } from "../api/protocol.ts";

export interface Received<E> {
  /** The events that are new, in order, without a gap. */
  events: E[];
  /** Ask for the events after this number; null when nothing is missing or pages are already on their way. */
  requestAfter: number | null;
}

export class EventFeed<E extends NumberedEvent> {
  private newestKnown = 0;
  private isAwaitingPage = false;

  /** @param seen the number of the last event applied */
  constructor(public seen = 0) {}

  get isBehind(): boolean {
    return this.seen < this.newestKnown;
  }

  /** A connection is up and the server has told its last number; what an older connection owed is void. */
  ready(lastEvent: number): void {
    this.newestKnown = lastEvent;
    this.isAwaitingPage = this.isBehind;
  }

  receive(frame: EventsFrame<E>): Received<E> {
    const before = this.seen;
    const events = this.applyInOrder(frame.events);
    // A page that moved us on was the awaited one; a live push beyond a gap was not.
    if (this.seen > before) this.isAwaitingPage = frame.more;
    return { events, requestAfter: this.isAwaitingPage ? null : this.ask() };
  }

  /** The page did not come in time. Return what to ask for, null when nothing is missing. */
  askAgain(): number | null {
    return this.ask();
  }

  private applyInOrder(received: readonly E[]): E[] {
    const fresh: E[] = [];
    for (const event of [...received].sort((a, b) => a.number - b.number)) {
      this.newestKnown = Math.max(this.newestKnown, event.number);
      if (event.number !== this.seen + 1) continue;
      this.seen = event.number;
      fresh.push(event);
    }
    return fresh;
  }

  private ask(): number | null {
    this.isAwaitingPage = this.isBehind;
    return this.isBehind ? this.seen : null;
  }
}
