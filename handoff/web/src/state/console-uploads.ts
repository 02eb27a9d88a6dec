/** Files on their way to customers: one after the other, each under one id however often it is tried. */
import { retryDelay } from "../api/backoff.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { makeMessageId } from "./outbox.ts";

interface Upload {
  id: string;
  conversationId: string;
  file: File;
}

export interface UploadOptions {
  send(conversationId: string, clientFileId: string, file: File): Promise<MessageOut>;
  stored(conversationId: string, message: MessageOut): void;
  /** It was not sent; `text` is the server's sentence, "" without one. */
  refused(file: File, text: string): void;
  changed(): void;
  random?: () => number;
}

/** About a minute of a broken line; then the agent is told instead of left waiting. */
const MOST_TRIES = 6;

export class UploadLine {
  private readonly waiting: Upload[] = [];
  /** Ids of files that may have arrived although no answer came: choosing the same file again sends no second one. */
  private readonly unsure = new Map<string, string>();
  private isRunning = false;
  private isStopped = false;

  constructor(private readonly options: UploadOptions) {}

  /** The names of the files that are on their way into a conversation. */
  names(conversationId: string | null): string[] {
    return this.waiting.filter((upload) => upload.conversationId === conversationId).map(({ file }) => file.name);
  }

  add(conversationId: string, file: File): void {
    this.isStopped = false;
    const id = this.unsure.get(keyOf(conversationId, file)) ?? makeMessageId();
    this.waiting.push({ id, conversationId, file });
    this.options.changed();
    void this.run();
  }

  /** The agent has signed out. */
  stop(): void {
    this.isStopped = true;
    this.waiting.length = 0;
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let upload = this.waiting[0]; upload; upload = this.waiting[0]) {
      await this.deliver(upload);
      const at = this.waiting.indexOf(upload);
      if (at !== -1) this.waiting.splice(at, 1);
      this.options.changed();
    }
    this.isRunning = false;
  }

  private async deliver({ id, conversationId, file }: Upload): Promise<void> {
    const key = keyOf(conversationId, file);
    for (let attempt = 0; !this.isStopped; attempt += 1) {
      try {
        const message = await this.options.send(conversationId, id, file);
        this.unsure.delete(key);
        this.options.stored(conversationId, message);
        return;
      } catch (error) {
        const isFinal = error instanceof ApiError && !error.isTemporary;
        if (!isFinal && attempt + 1 < MOST_TRIES) await pause(retryDelay(attempt, this.options.random ?? Math.random));
        else {
          if (!isFinal) this.unsure.set(key, id);
          this.options.refused(file, error instanceof ApiError ? (error.text ?? "") : "");
          return;
        }
      }
    }
  }
}

function keyOf(conversationId: string, { name, size, lastModified }: File): string {
  return [conversationId, name, size, lastModified].join("/");
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
