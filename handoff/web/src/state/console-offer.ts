/** The one conversation that is offered to the agent now, and whether the last one went away by itself. */
import type { OfferOut } from "../api/console.ts";

/** An offer with its times by this machine's clock, so that a wrong clock does not shorten it. */
export interface TimedOffer extends OfferOut {
  endsAt: number;
  waitingSince: number;
}

/** The server's word that the time is over may be late by a moment; without it, the offer is not shown for ever. */
const LATE_MS = 2000;

export class OfferSlot {
  current: TimedOffer | null = null;
  /** How the last offer went away without the agent's doing. */
  lost: "expired" | "withdrawn" | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ended is called when the time of an offer is over and nobody has said so. */
  constructor(private readonly ended: () => void) {}

  put(offer: OfferOut | null, now: number): void {
    if (offer !== null && offer.id !== this.current?.id) this.lost = null;
    const left = (offer?.seconds_left ?? 0) * 1000;
    this.clear();
    if (!offer) return;
    this.current = { ...offer, endsAt: now + left, waitingSince: now - offer.waited_seconds * 1000 };
    this.timer = setTimeout(() => {
      this.end("expired");
      this.ended();
    }, left + LATE_MS);
  }

  /** What the server tells of an offer: a new one, or the end of this one. */
  apply(offer: OfferOut, now: number): void {
    if (offer.status === "pending") this.put(offer, now);
    else if (this.current?.id === offer.id) this.end(offer.status === "expired" || offer.status === "withdrawn" ? offer.status : null);
  }

  /** The agent has answered it. */
  clear(): void {
    clearTimeout(this.timer);
    this.current = null;
  }

  private end(lost: "expired" | "withdrawn" | null): void {
    this.clear();
    this.lost = lost;
  }
}
