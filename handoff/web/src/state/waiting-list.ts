/** Who waits in line, while the agent looks at it: fetched anew when the queue has changed, and now and then. */
import type { ConsoleApi, WaitingRow } from "../api/console.ts";
import { Observable } from "./observable.ts";

const REFRESH_MS = 15_000;
/** With many customers the line changes every second; each look at it is work for the server that offers them. */
const AT_MOST_EVERY_MS = 3000;

/** A row with its time by this machine's clock, so that its age can grow. */
export interface TimedWaiting extends WaitingRow {
  since: number;
}

export class WaitingList extends Observable {
  rows: readonly TimedWaiting[] = [];
  isOpen = false;
  /** The last call failed; what is shown may be old. */
  hasFailed = false;

  private timer: ReturnType<typeof setInterval> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private askedAt = -Infinity;
  private isLoading = false;
  private isStale = false;

  constructor(
    private readonly api: Pick<ConsoleApi, "listWaiting">,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else this.open();
  }

  open(): void {
    this.isOpen = true;
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
    void this.load();
    this.changed();
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.later);
    this.later = undefined;
    this.isOpen = false;
    this.rows = [];
    this.changed();
  }

  /** The queue has changed. A burst of changes is one call more, not many. */
  refresh(): void {
    if (!this.isOpen || this.later !== undefined) return;
    const wait = Math.max(0, this.askedAt + AT_MOST_EVERY_MS - this.now());
    this.later = setTimeout(() => {
      this.later = undefined;
      void this.load();
    }, wait);
  }

  private async load(): Promise<void> {
    this.isStale = this.isLoading;
    if (this.isLoading) return;
    this.isLoading = true;
    this.askedAt = this.now();
    try {
      const rows = await this.api.listWaiting();
      if (this.isOpen) this.rows = rows.map((row) => ({ ...row, since: this.now() - row.waited_seconds * 1000 }));
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    this.isLoading = false;
    this.changed();
    if (this.isStale && this.isOpen) void this.load();
  }
}
