/** An agent's replies or notes on their way: kept until the server has stored them, sent one after the other, tried for ever. */
import { retryDelay } from "../api/backoff.ts";
import { ApiError } from "../api/http.ts";
import { Outbox, type OutboxEntry } from "./outbox.ts";
import type { KeyValueStore } from "./storage.ts";

/** @typeParam Stored what the server answers when it has stored one */
export interface ReplySenderOptions<Stored> {
  store: KeyValueStore;
  /** Begins every stored key, and tells agents on one machine apart. */
  prefix: string;
  post(conversationId: string, clientMsgId: string, text: string): Promise<Stored>;
  /** Something changed: a reply was stored (then `stored` is given), refused or is still on its way. */
  changed(conversationId: string, stored: Stored | null): void;
  random?: () => number;
}

export class ReplySender<Stored> {
  private readonly outboxes = new Map<string, Outbox>();
  private readonly sending = new Set<string>();
  private isStopped = false;

  constructor(private readonly options: ReplySenderOptions<Stored>) {}

  pending(conversationId: string): OutboxEntry[] {
    return this.outbox(conversationId).list();
  }

  send(conversationId: string, text: string, now: number): void {
    this.outbox(conversationId).add({ kind: "message", text }, now);
    this.options.changed(conversationId, null);
    void this.flush(conversationId);
  }

  retry(conversationId: string, id: string): void {
    this.outbox(conversationId).retry(id);
    this.options.changed(conversationId, null);
    void this.flush(conversationId);
  }

  discard(conversationId: string, id: string): void {
    this.outbox(conversationId).remove(id);
    this.options.changed(conversationId, null);
  }

  /** The conversations into which something waits to be sent, or was refused. */
  conversationIds(): string[] {
    const { store, prefix } = this.options;
    const ids = store.keys(prefix).map((key) => key.slice(prefix.length).split(":")[0] ?? "");
    return [...new Set(ids)];
  }

  /** Send what is waiting, oldest first; a later reply never overtakes an earlier one. */
  async flush(conversationId: string): Promise<void> {
    if (this.sending.has(conversationId)) return;
    this.sending.add(conversationId);
    let attempt = 0;
    for (let entry = this.next(conversationId); entry && !this.isStopped; entry = this.next(conversationId)) {
      if (await this.deliver(conversationId, entry)) attempt = 0;
      else await pause(retryDelay(attempt++, this.options.random ?? Math.random));
    }
    this.sending.delete(conversationId);
  }

  /** The agent has signed out: what is waiting stays stored for the next time. */
  stop(): void {
    this.isStopped = true;
  }

  private next(conversationId: string): OutboxEntry | undefined {
    return this.pending(conversationId).find((entry) => entry.refusal === null);
  }

  /** Return whether the entry is done with, stored or refused. */
  private async deliver(conversationId: string, entry: OutboxEntry): Promise<boolean> {
    const outbox = this.outbox(conversationId);
    try {
      const stored = await this.options.post(conversationId, entry.id, entry.text);
      outbox.remove(entry.id);
      this.options.changed(conversationId, stored);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.isTemporary || error.status === 401) return false;
      outbox.refuse(entry.id, error.text ?? "");
      this.options.changed(conversationId, null);
      return true;
    }
  }

  private outbox(conversationId: string): Outbox {
    const known = this.outboxes.get(conversationId);
    if (known) return known;
    const outbox = new Outbox(this.options.store, `${this.options.prefix}${conversationId}:`);
    this.outboxes.set(conversationId, outbox);
    return outbox;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
