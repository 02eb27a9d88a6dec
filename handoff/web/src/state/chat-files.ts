/**
 * The customer's files on their way: one after the other, each under one id for as long as it takes, so that the server
 * stores it once. They live as long as the page: a browser keeps no file for a page that was left.
 */
import { retryDelay } from "../api/backoff.ts";
import { type Holder, uploadFile } from "../api/chat-files.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { makeMessageId } from "./outbox.ts";
import type { Line } from "./transcript.ts";

export interface ChatFilesHost {
  holder: () => Holder | null;
  sent: (message: MessageOut) => unknown;
  changed: () => void;
}

export interface ChatFilesOptions {
  upload?: typeof uploadFile;
  now?: () => number;
  random?: () => number;
}

interface SendingFile {
  /** The `client_msg_id` under which it will come back. */
  key: string;
  id: string;
  file: File;
  createdAt: number;
  /** From 0 to 1. */
  progress: number;
  refusal: string | null;
}

export class ChatFiles {
  private waiting: SendingFile[] = [];
  private current: { entry: SendingFile; abort: AbortController } | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ChatFilesHost,
    private readonly options: ChatFilesOptions = {},
  ) {}

  get lines(): Line[] {
    return this.waiting.map(({ key, file, createdAt, progress, refusal }) => ({
      key,
      sender: "customer",
      agentName: null,
      text: file.name,
      sentAt: createdAt,
      delivery: refusal === null ? "sending" : "failed",
      refusal,
      message: null,
      upload: { name: file.name, size: file.size, progress },
    }));
  }

  add(file: File): void {
    const id = makeMessageId();
    const createdAt = (this.options.now ?? Date.now)();
    this.waiting = [...this.waiting, { key: `file:${id}`, id, file, createdAt, progress: 0, refusal: null }];
    this.host.changed();
    this.resume();
  }

  retry(key: string): void {
    this.change(key, { refusal: null, progress: 0 });
    this.resume();
  }

  discard(key: string): void {
    if (this.current?.entry.key === key) this.current.abort.abort();
    this.drop(key);
  }

  /** The transcript has it, whether or not the answer to the upload arrived. */
  settle(key: string): void {
    if (this.waiting.some((entry) => entry.key === key)) this.drop(key);
  }

  clear(): void {
    this.pause();
    this.waiting = [];
  }

  pause(): void {
    clearTimeout(this.timer);
    this.current?.abort.abort();
    this.current = null;
  }

  /** Send what waits; while one is on its way nothing else happens. */
  resume(): void {
    const holder = this.host.holder();
    const entry = this.waiting.find(({ refusal }) => refusal === null);
    if (this.current || !holder || !entry) return;
    clearTimeout(this.timer);
    this.current = { entry, abort: new AbortController() };
    void this.upload(entry, holder, this.current.abort.signal);
  }

  private async upload(entry: SendingFile, holder: Holder, signal: AbortSignal): Promise<void> {
    const tell = (progress: number): void => {
      this.change(entry.key, { progress });
    };
    const wish = { ...holder, fileId: entry.id, file: entry.file };
    try {
      const message = await (this.options.upload ?? uploadFile)(wish, tell, signal);
      if (signal.aborted) return;
      this.attempt = 0;
      this.host.sent(message);
      this.drop(entry.key);
      this.next();
    } catch (error) {
      if (!signal.aborted) this.handleFailure(entry, error);
      else if (this.current?.abort.signal === signal) this.next();
    }
  }

  private handleFailure(entry: SendingFile, error: unknown): void {
    if (error instanceof ApiError && !(error.isTemporary && error.text === null)) {
      this.change(entry.key, { refusal: error.text ?? "" });
      this.next();
      return;
    }
    this.current = null;
    this.change(entry.key, { progress: 0 });
    this.timer = setTimeout(
      () => {
        this.resume();
      },
      retryDelay(this.attempt, this.options.random ?? Math.random),
    );
    this.attempt += 1;
  }

  private next(): void {
    this.current = null;
    this.resume();
  }

  private change(key: string, changes: Partial<SendingFile>): void {
    this.waiting = this.waiting.map((entry) => (entry.key === key ? { ...entry, ...changes } : entry));
    this.host.changed();
  }

  private drop(key: string): void {
    this.waiting = this.waiting.filter((entry) => entry.key !== key);
    this.host.changed();
  }
}
