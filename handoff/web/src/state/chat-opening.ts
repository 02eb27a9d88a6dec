/** Tries to open a conversation, for as long as it takes. */
import { retryDelay } from "../api/backoff.ts";

/** A network that hangs is as bad as none, and says so later. */
const OPEN_WITHIN_MS = 10_000;

export class ChatOpening {
  isBusy = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly start: () => void,
    private readonly random: () => number = Math.random,
  ) {}

  /** Return what `open` does; null when it fails. */
  async run<T>(open: () => Promise<T>): Promise<{ opened: T } | null> {
    this.isBusy = true;
    try {
      return { opened: await open() };
    } catch {
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  /** Start again after a while, or when the browser is in the net again. */
  later(): void {
    this.stop();
    this.timer = setTimeout(this.start, retryDelay(this.attempt, this.random));
    this.attempt += 1;
    globalThis.addEventListener("online", this.start);
  }

  stop(): void {
    clearTimeout(this.timer);
    globalThis.removeEventListener("online", this.start);
  }

  /** It stands: the next loss begins with a short delay. */
  succeed(): void {
    this.stop();
    this.attempt = 0;
  }
}

/** Wait for an answer, but not for ever. */
export function inTime<T>(answer: Promise<T>): Promise<T> {
  const tooLate = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error("no answer"));
    }, OPEN_WITHIN_MS);
  });
  return Promise.race([answer, tooLate]);
}
