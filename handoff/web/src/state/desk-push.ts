/** Lets this browser be reached while its page sleeps: a phone with a locked screen keeps its agent available. */
import { callJson } from "../api/http.ts";
import { Observable } from "./observable.ts";
import type { KeyValueStore } from "./storage.ts";

const WORKER = "/console/worker.js";
const WISH = "saldo:desk:push";

/** What is used of the browser; a test brings its own. */
export interface PushBrowser {
  isAble(): boolean;
  /** Ask the browser for an address at which `key` may reach it; null when the reader does not allow it. */
  subscribe(key: string): Promise<PushSubscriptionJSON | null>;
  unsubscribe(): Promise<void>;
}

export class DeskPush extends Observable {
  /** Null until the server has said whether it sends pushes. */
  private key: string | null = null;
  private subscription: PushSubscriptionJSON | null = null;
  /** Whether the browser or the reader has refused. */
  isRefused = false;

  constructor(
    private readonly store: KeyValueStore,
    private readonly browser: PushBrowser = new ThisBrowser(),
  ) {
    super();
  }

  get isOffered(): boolean {
    return this.key !== null && this.browser.isAble();
  }

  get isOn(): boolean {
    return this.store.get(WISH) === "on";
  }

  /** The agent has signed in: know whether pushes are offered, and go on with what was chosen. */
  async start(): Promise<void> {
    const { key } = await callJson<{ key: string | null }>("/api/agents/me/push");
    this.key = key;
    document.addEventListener("visibilitychange", this.handleVisibility);
    if (this.isOn && this.isOffered) await this.begin();
    this.changed();
  }

  /** Nobody is signed in any more. */
  rest(): void {
    document.removeEventListener("visibilitychange", this.handleVisibility);
    this.subscription = null;
  }

  async toggle(): Promise<void> {
    if (this.isOn) await this.end();
    else {
      await this.begin();
      this.ask();
    }
    this.changed();
  }

  private readonly handleVisibility = (): void => {
    if (document.visibilityState === "hidden") this.ask();
  };

  /** The page may sleep soon: the server asks the browser now whether it hears. */
  private ask(): void {
    if (this.subscription === null) return;
    const body = JSON.stringify(this.subscription);
    const headers = { "Content-Type": "application/json" };
    void fetch("/api/agents/me/push", { method: "POST", keepalive: true, headers, body }).catch(() => undefined);
  }

  private async begin(): Promise<void> {
    this.subscription = this.key === null ? null : await this.browser.subscribe(this.key).catch(() => null);
    this.isRefused = this.subscription === null;
    this.store.set(WISH, this.isRefused ? "off" : "on");
  }

  private async end(): Promise<void> {
    this.store.set(WISH, "off");
    const endpoint = this.subscription?.endpoint;
    this.subscription = null;
    await this.browser.unsubscribe();
    if (endpoint !== undefined) await callJson("/api/agents/me/push/end", "POST", { endpoint });
  }
}

export class ThisBrowser implements PushBrowser {
  isAble(): boolean {
    return "serviceWorker" in navigator && "PushManager" in globalThis;
  }

  async subscribe(key: string): Promise<PushSubscriptionJSON | null> {
    if ((await Notification.requestPermission()) !== "granted") return null;
    const registration = await navigator.serviceWorker.register(WORKER);
    await atWork(registration);
    return (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
  }

  async unsubscribe(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration("/console/");
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }
}

/** The page may stand outside the worker's folder, so `serviceWorker.ready` would never come. */
async function atWork(registration: ServiceWorkerRegistration): Promise<void> {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active !== null || coming === null) return;
  await new Promise<void>((resolve) => {
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") resolve();
    });
  });
}
