/** A list of what waits for somebody: fetched at once, when something is said to have changed, and every minute. */
import { ApiError } from "../api/http.ts";
import { Observable } from "./observable.ts";

const REFRESH_MS = 60_000;

/** @typeParam Id what tells the entries apart */
export abstract class PolledList<T extends { id: Id }, Id> extends Observable {
  entries: readonly T[] = [];
  /** The last fetch failed; what is shown may be old. */
  hasFailed = false;
  /** Why an entry could not be settled, in the server's words; empty where there are none. */
  readonly refusals = new Map<Id, string>();

  private readonly busy = new Set<Id>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private asked = 0;

  protected abstract fetch(): Promise<readonly T[]>;

  start(): void {
    if (this.timer !== undefined) return;
    void this.load();
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
  }

  /** Forget everything: it is not for whoever signs in next. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.entries = [];
    this.refusals.clear();
    this.changed();
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const entries = await this.fetch();
      if (asked !== this.asked || this.timer === undefined) return;
      this.entries = entries;
      this.hasFailed = false;
    } catch {
      if (asked !== this.asked) return;
      this.hasFailed = true;
    }
    this.changed();
  }

  /** Something has changed; nothing for those to whom the list is closed. */
  refresh(): void {
    if (this.timer !== undefined) void this.load();
  }

  isBusy(id: Id): boolean {
    return this.busy.has(id);
  }

  /** Take an entry off the list once `call` has been answered. Return whether it was. */
  protected async settle(id: Id, call: () => Promise<void>): Promise<boolean> {
    if (this.busy.has(id)) return false;
    this.busy.add(id);
    this.refusals.delete(id);
    this.changed();
    try {
      await call();
      this.entries = this.entries.filter((entry) => entry.id !== id);
      // A list that was asked for before knows nothing of it.
      this.asked += 1;
      return true;
    } catch (error) {
      this.refusals.set(id, error instanceof ApiError ? (error.text ?? "") : "");
      this.refresh();
      return false;
    } finally {
      this.busy.delete(id);
      this.changed();
    }
  }
}
