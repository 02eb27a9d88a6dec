/** Who is writing to the customer; a sign that is not repeated fades. */
import type { Sender } from "../api/protocol.ts";

const SHOWN_MS = 8000;

export class ChatWriter {
  sender: Sender | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  show(sender: Sender): void {
    clearTimeout(this.timer);
    this.sender = sender;
    this.timer = setTimeout(() => {
      this.sender = null;
      this.changed();
    }, SHOWN_MS);
    this.changed();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.sender = null;
  }
}
