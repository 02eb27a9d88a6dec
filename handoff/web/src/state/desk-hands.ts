/**
 * Whether a single key is meant as a command. What comes late can take the field or the focus away while somebody
 * writes: then the rest of the sentence must not accept, decline or end anything.
 */

/** Longer than anybody pauses within a sentence without looking. */
const STILL_WRITING_MS = 1500;

export interface HandKey {
  key: string;
  repeat: boolean;
  /** The key goes into a field. */
  isWriting: boolean;
}

export class Hands {
  private wroteAt = -Infinity;

  constructor(private readonly now: () => number = Date.now) {}

  /** Return whether the key may be a command. */
  isCommand({ key, repeat, isWriting }: HandKey): boolean {
    if (key === "Escape" || key === "Tab") this.rest();
    else if (isWriting) this.wroteAt = this.now();
    else if (this.now() - this.wroteAt < STILL_WRITING_MS) {
      this.wroteAt = this.now();
      return false;
    }
    return isWriting || !repeat;
  }

  /** The hands have left the field by themselves: a press of the mouse, a form that was finished. */
  rest(): void {
    this.wroteAt = -Infinity;
  }
}
