/** In which conversation the other side is writing; a sign that is not repeated fades. */

const SHOWN_MS = 6000;

export class TypingSign {
  conversationId: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  show(conversationId: string): void {
    clearTimeout(this.timer);
    this.conversationId = conversationId;
    this.timer = setTimeout(() => {
      this.conversationId = null;
      this.changed();
    }, SHOWN_MS);
  }

  /** The message is there. */
  clear(conversationId: string): void {
    if (this.conversationId === conversationId) this.conversationId = null;
  }
}
