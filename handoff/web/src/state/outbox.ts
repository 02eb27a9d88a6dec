/**
 * What the person has sent and the server has not yet confirmed. One stored key per entry, so that two tabs of one page
 * never overwrite each other's list; the server stores each `id` once, so that both may send it.
 */
import type { CallbackWay } from "../api/protocol.ts";
import { type KeyValueStore, readJson } from "./storage.ts";

export type OutboxKind = "message" | "button" | "handoff" | "callback" | "callback-cancel" | "queue-leave";

/** How and when the person wants to be reached; without a time as soon as it is their turn. */
export interface CallbackWish {
  way: CallbackWay;
  slotFrom: string | null;
}

export interface OutboxEntry {
  /** The `client_msg_id` of the wire. */
  id: string;
  kind: OutboxKind;
  text: string;
  buttonId: string | null;
  /** Entries that were stored by an earlier version have none. */
  callback?: CallbackWish | null;
  /** Shown as dots: a one-time code. */
  isSecret: boolean;
  createdAt: number;
  /** The server's sentence when it refused; null while the entry is on its way. */
  refusal: string | null;
}

export type NewEntry = Pick<OutboxEntry, "kind" | "text"> & Partial<Pick<OutboxEntry, "buttonId" | "isSecret" | "callback">>;

function isEntry(value: unknown): value is OutboxEntry {
  return typeof value === "object" && value !== null && "id" in value && "kind" in value && "createdAt" in value;
}

export class Outbox {
  private lastCreatedAt = 0;

  constructor(
    private readonly store: KeyValueStore,
    private readonly prefix: string,
    private readonly makeId: () => string = makeMessageId,
  ) {}

  /** Return the entries, oldest first. */
  list(): OutboxEntry[] {
    return this.store
      .keys(this.prefix)
      .map((key) => readJson(this.store, key))
      .filter(isEntry)
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  add(entry: NewEntry, now: number): OutboxEntry {
    // Two messages of one millisecond keep their order.
    this.lastCreatedAt = Math.max(now, this.lastCreatedAt + 1);
    const added: OutboxEntry = {
      buttonId: null,
      isSecret: false,
      ...entry,
      id: this.makeId(),
      createdAt: this.lastCreatedAt,
      refusal: null,
    };
    this.write(added);
    return added;
  }

  /** The server has it, or the person gave it up. */
  remove(id: string): void {
    this.store.remove(this.prefix + id);
  }

  refuse(id: string, refusal: string): void {
    const entry = this.find(id);
    if (entry) this.write({ ...entry, refusal });
  }

  /** The person asks for another try. The id stays, so that the message cannot be stored twice. */
  retry(id: string): OutboxEntry | null {
    const entry = this.find(id);
    if (!entry) return null;
    const retried = { ...entry, refusal: null };
    this.write(retried);
    return retried;
  }

  find(id: string): OutboxEntry | null {
    const entry = readJson(this.store, this.prefix + id);
    return isEntry(entry) ? entry : null;
  }

  private write(entry: OutboxEntry): void {
    this.store.set(this.prefix + entry.id, JSON.stringify(entry));
  }
}

/** A random UUID; `crypto.randomUUID` exists on secure origins only, and a widget may stand on a plain one. */
export function makeMessageId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
