/** What an agent has set on this machine: language, sound, keys, muted queues. Survives a reload. */
import type { Language } from "../api/protocol.ts";
import { DeskPush } from "./desk-push.ts";
import { type Bindings, DEFAULTS, type DeskAction, readBindings, rebind, type Rebound } from "./keymap.ts";
import { Observable } from "./observable.ts";
import { type KeyValueStore, readJson } from "./storage.ts";

export class DeskSettings extends Observable {
  constructor(private readonly store: KeyValueStore) {
    super();
    this.push = new DeskPush(store);
    this.bindings = readBindings(readJson(store, "saldo:desk:bindings"));
    const muted = readJson(store, "saldo:desk:muted");
    this.muted = new Set(Array.isArray(muted) ? muted.filter((queue) => typeof queue === "string") : []);
  }

  /** Whether this browser is reached while its page sleeps. */
  readonly push: DeskPush;
  bindings: Bindings;
  /** Queues that make no sound and no notification. */
  muted: ReadonlySet<string>;

  get language(): string | null {
    return this.store.get("saldo:desk:language");
  }

  chooseLanguage(language: Language): void {
    this.write("language", language);
  }

  /** An offer lasts twenty seconds: unheard, it is missed. */
  get hasSound(): boolean {
    return this.store.get("saldo:desk:sound") !== "off";
  }

  set hasSound(isOn: boolean) {
    this.write("sound", isOn ? "on" : "off");
  }

  /** Whether the agent has said how they want to be called. */
  get wasAsked(): boolean {
    return this.store.get("saldo:desk:asked") !== null;
  }

  noteAsked(): void {
    this.write("asked", "yes");
  }

  get hasKeys(): boolean {
    return this.store.get("saldo:desk:keys") !== "off";
  }

  set hasKeys(isOn: boolean) {
    this.write("keys", isOn ? "on" : "off");
  }

  /** Return whether the queue is muted now. */
  toggleMuted(queue: string): boolean {
    const muted = new Set(this.muted);
    if (!muted.delete(queue)) muted.add(queue);
    this.muted = muted;
    this.write("muted", JSON.stringify([...muted]));
    return muted.has(queue);
  }

  rebind(action: DeskAction, key: string): Rebound {
    const rebound = rebind(this.bindings, action, key);
    if ("bindings" in rebound) this.keepBindings(rebound.bindings);
    return rebound;
  }

  resetBindings(): void {
    this.keepBindings(DEFAULTS);
  }

  private keepBindings(bindings: Bindings): void {
    this.bindings = bindings;
    this.write("bindings", JSON.stringify(bindings));
  }

  private write(name: string, value: string): void {
    this.store.set(`saldo:desk:${name}`, value);
    this.changed();
  }
}
