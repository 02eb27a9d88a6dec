/** What has been chosen and noted after a conversation but not sent yet: survives a reload, and is sent before the time is up. */
import type { WrapUpDone } from "../api/console.ts";
import { type KeyValueStore, readJson } from "./storage.ts";

export interface WrapUpHandlers {
  /** Return whether the server has taken it. */
  finish(id: string, done: WrapUpDone): Promise<boolean>;
  /** Whether the conversation waits for its wrap-up still: a customer who writes again ends it. */
  isWrappingUp(id: string): boolean;
}

/** What was chosen but not sent is sent by itself, this long before the time is up. */
const FINISH_BEFORE_MS = 1500;
const RETRY_MS = 1000;
const PREFIX = "saldo:desk:wrap-up:";

export const NOTHING_SAID: WrapUpDone = { disposition: null, note: null };

export class WrapUps {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly store: KeyValueStore,
    private readonly handlers: WrapUpHandlers,
  ) {}

  draft(id: string): WrapUpDone {
    const stored = readJson(this.store, PREFIX + id);
    return isDraft(stored) ? stored : NOTHING_SAID;
  }

  keep(id: string, draft: WrapUpDone, leftMs: number): void {
    this.store.set(PREFIX + id, JSON.stringify(draft));
    this.arm(id, leftMs - FINISH_BEFORE_MS);
  }

  /** The page was loaded anew: what was chosen before is still sent in time. */
  resume(id: string, leftMs: number): void {
    if (!this.timers.has(id) && this.hasDraft(id)) this.arm(id, leftMs - FINISH_BEFORE_MS);
  }

  forget(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.store.remove(PREFIX + id);
  }

  /** Forget what belongs to conversations that this agent has no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const key of this.store.keys(PREFIX)) if (!ids.has(key.slice(PREFIX.length))) this.forget(key.slice(PREFIX.length));
  }

  /** The agent has signed out. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private hasDraft(id: string): boolean {
    const { disposition, note } = this.draft(id);
    return disposition !== null || note !== null;
  }

  private arm(id: string, milliseconds: number): void {
    clearTimeout(this.timers.get(id));
    // A browser takes a longer time for none at all.
    if (milliseconds < 2 ** 31) this.timers.set(id, setTimeout(() => void this.send(id), Math.max(0, milliseconds)));
  }

  private async send(id: string): Promise<void> {
    if (!this.handlers.isWrappingUp(id) || !this.hasDraft(id)) return;
    const isDone = await this.handlers.finish(id, this.draft(id));
    if (!isDone && this.timers.has(id)) this.arm(id, RETRY_MS);
  }
}

function isDraft(value: unknown): value is WrapUpDone {
  return typeof value === "object" && value !== null && "disposition" in value && "note" in value;
}
