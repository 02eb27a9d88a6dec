/** The one conversation that is offered to the agent now, and whether the last one went away by itself. */
import type { OfferOut } from "../api/console.ts";

/** An offer with its times by this machine's clock, so that a wrong clock does not shorten it. */
export interface TimedOffer extends OfferOut {
  endsAt: number;
  waitingSince: number;
}

export class OfferSlot {
  current: TimedOffer | null = null;
  /** The last offer went away without the agent's doing. */
  isLost = false;

  put(offer: OfferOut | null, now: number): void {
    if (offer !== null && offer.id !== this.current?.id) this.isLost = false;
    const endsAt = now + (offer?.seconds_left ?? 0) * 1000;
    this.current = offer && { ...offer, endsAt, waitingSince: now - offer.waited_seconds * 1000 };
  }

  /** What the server tells of an offer: a new one, or the end of this one. */
  apply(offer: OfferOut, now: number): void {
    if (offer.status === "pending") this.put(offer, now);
    else if (this.current?.id === offer.id) {
      this.current = null;
      this.isLost = offer.status === "expired" || offer.status === "withdrawn";
    }
  }

  /** The agent has answered it. */
  clear(): void {
    this.current = null;
  }

  /** Somebody else was faster. */
  lose(): void {
    this.isLost = this.current !== null;
    this.current = null;
  }
}
