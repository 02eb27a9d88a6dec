/** Fetches transcripts: an older answer never replaces a newer one, and each conversation has one timer for the next try. */
import type { ConsoleApi, TranscriptOut } from "../api/console.ts";
import { ApiError } from "../api/http.ts";

export interface LoaderHandlers {
  loaded(id: string, thread: TranscriptOut): void;
  /** Trying again would not help. */
  refused(id: string, error: ApiError): void;
}

const RETRY_MS = 3000;
/** No events come of a conversation that a supervisor only reads along. */
const FOLLOW_MS = 3000;

export class ThreadLoader {
  private asked = 0;
  private readonly answered = new Map<string, number>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private wanted: string | null = null;

  constructor(
    private readonly api: Pick<ConsoleApi, "getTranscript">,
    private readonly handlers: LoaderHandlers,
  ) {}

  /** Only this conversation is tried again and followed from now on. */
  want(id: string | null): void {
    this.wanted = id;
    for (const other of [...this.timers.keys()]) if (other !== id) this.rest(other);
    if (id !== null) void this.load(id);
  }

  async load(id: string): Promise<void> {
    this.rest(id);
    const turn = ++this.asked;
    try {
      const thread = await this.api.getTranscript(id);
      if (!this.isNewest(id, turn)) return;
      this.handlers.loaded(id, thread);
      if (thread.joined === true && thread.conversation.status !== "closed") this.later(id, FOLLOW_MS);
    } catch (error) {
      if (!this.isNewest(id, turn)) return;
      if (!(error instanceof ApiError) || error.isTemporary) this.later(id, RETRY_MS);
      else this.handlers.refused(id, error);
    }
  }

  /** What was answered is forgotten together with the transcripts. */
  stop(): void {
    this.want(null);
    this.answered.clear();
    this.asked = 0;
  }

  private isNewest(id: string, turn: number): boolean {
    if (turn < (this.answered.get(id) ?? 0)) return false;
    this.answered.set(id, turn);
    return true;
  }

  private later(id: string, milliseconds: number): void {
    if (id !== this.wanted) return;
    this.rest(id);
    this.timers.set(id, setTimeout(() => void this.load(id), milliseconds));
  }

  private rest(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }
}
