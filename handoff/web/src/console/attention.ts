/** How a new offer is noticed while the agent looks elsewhere: the tab's title and picture, and a soft sound. */

const TICK_MS = 1000;

function picture(colour: string): string {
  const dot = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(dot)}`;
}

const CALM = picture("#0b5c5c");
const CALLING = picture("#c26a00");

export class Attention {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly icon = document.createElement("link");

  constructor(private readonly page: Document) {
    this.icon.rel = "icon";
    this.icon.href = CALM;
    page.head.append(this.icon);
  }

  /** Show the calm title, or alternate with the call while there is one. */
  show(title: string, call: string | null): void {
    clearInterval(this.timer);
    this.icon.href = call === null ? CALM : CALLING;
    this.page.title = call ?? title;
    if (call === null) return;
    this.timer = setInterval(() => {
      this.page.title = this.page.title === call ? title : call;
    }, TICK_MS);
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
