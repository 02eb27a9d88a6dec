/** What is being written: it survives a reload, and the other side hears now and then that somebody writes. */
import type { KeyValueStore } from "./storage.ts";

const TOLD_EVERY_MS = 3000;

export class ChatDraft {
  private toldAt = 0;

  constructor(
    private readonly store: KeyValueStore,
    private readonly key: string,
    private readonly now: () => number,
    private readonly tell: () => void,
  ) {}

  get text(): string {
    return this.store.get(this.key) ?? "";
  }

  keep(text: string): void {
    if (text === "") {
      this.store.remove(this.key);
      return;
    }
    this.store.set(this.key, text);
    if (this.now() - this.toldAt < TOLD_EVERY_MS) return;
    this.toldAt = this.now();
    this.tell();
  }
}
