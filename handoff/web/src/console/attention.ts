/** How new work is noticed while the agent looks elsewhere: title and picture of the tab, a soft sound, a notification. */
import type { Alert, AlertVoice } from "../state/desk-alerts.ts";

const TICK_MS = 1000;

function picture(colour: string): string {
  const dot = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(dot)}`;
}

const CALM = picture("#0b5c5c");
const CALLING = picture("#c26a00");

export class Attention {
  private timer: ReturnType<typeof setInterval> | undefined;
  private call: string | null = null;
  private readonly icon = document.createElement("link");

  constructor(private readonly page: Document) {
    this.icon.rel = "icon";
    this.icon.href = CALM;
    page.head.append(this.icon);
  }

  /** Show the calm title, or alternate with the call while there is one. */
  show(title: string, call: string | null): void {
    if (call !== null && call === this.call) return;
    this.call = call;
    clearInterval(this.timer);
    this.icon.href = call === null ? CALM : CALLING;
    this.page.title = call ?? title;
    if (call === null) return;
    this.timer = setInterval(() => {
      this.page.title = this.page.title === call ? title : call;
    }, TICK_MS);
  }
}

export interface VoiceOptions {
  hasSound(): boolean;
  isMuted(queue: string): boolean;
  /** What the notification says, in the reader's language. */
  word(alert: Alert): { title: string; body: string };
}

/** Sound and notification. Of several tabs the first at work speaks for all: it holds the lock until it rests. */
export class DeskVoice implements AlertVoice {
  private isSpeaker = false;
  private shown: Notification | null = null;
  private resting: AbortController | null = null;

  constructor(private readonly options: VoiceOptions) {}

  /** There is somebody at the desk. */
  wake(): void {
    if (this.resting) return;
    const resting = new AbortController();
    this.resting = resting;
    // A page on a plain address has no locks: there every tab speaks.
    const { locks } = navigator as { locks?: LockManager | null };
    this.isSpeaker = !locks;
    const speak = (): Promise<void> => {
      this.isSpeaker = !resting.signal.aborted;
      return this.isSpeaker ? new Promise((resolve) => { resting.signal.addEventListener("abort", () => { resolve(); }); }) : Promise.resolve();
    };
    locks?.request("saldo:desk:voice", { signal: resting.signal }, speak).catch(() => undefined);
  }

  /** Nobody is at the desk: a tab that is signed out must not keep the others silent. */
  rest(): void {
    this.resting?.abort();
    this.resting = null;
    this.isSpeaker = false;
  }

  call(alert: Alert, isAgain: boolean): void {
    const isMuted = alert.queue !== null && this.options.isMuted(alert.queue);
    if (!this.isSpeaker || isMuted) return;
    // A message that comes while the agent looks at the desk is seen there; an offer runs out, and is heard anyway.
    const isAway = document.visibilityState === "hidden" || !document.hasFocus();
    if (this.options.hasSound() && (alert.kind === "offer" || isAway)) playChime();
    if (isAway && !isAgain) this.notify(alert);
  }

  end(): void {
    this.shown?.close();
    this.shown = null;
  }

  private notify(alert: Alert): void {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const { title, body } = this.options.word(alert);
    this.shown?.close();
    this.shown = new Notification(title, { body, tag: alert.key, requireInteraction: alert.kind === "offer" });
    this.shown.addEventListener("click", () => {
      globalThis.focus();
      this.end();
    });
  }
}

/** Two soft notes. Browsers keep quiet until the person has used the page; that is no fault. */
export function playChime(): void {
  const audio = new AudioContext();
  [660, 880].forEach((frequency, index) => {
    const at = audio.currentTime + index * 0.18;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.5);
  });
  setTimeout(() => void audio.close(), 1500);
}
