/** In which conversations the other side is writing; a sign that is not repeated fades. */

const SHOWN_MS = 6000;

export class TypingSign {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly changed: () => void) {}

  isIn(conversationId: string | null): boolean {
    return conversationId !== null && this.timers.has(conversationId);
  }

  /** The conversations in which somebody is writing now. */
  get all(): ReadonlySet<string> {
    return new Set(this.timers.keys());
  }

  show(conversationId: string): void {
    this.clear(conversationId);
    const fade = (): void => {
      this.timers.delete(conversationId);
      this.changed();
    };
    this.timers.set(conversationId, setTimeout(fade, SHOWN_MS));
  }

  /** The message is there. */
  clear(conversationId: string): void {
    clearTimeout(this.timers.get(conversationId));
    this.timers.delete(conversationId);
  }
}
