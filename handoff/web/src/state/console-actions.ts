/** What an agent does with a conversation beside writing in it. A refusal is kept in the server's own words. */
import type { ColleaguesOut, ConsoleApi, ConversationRow, TransferTo, WrapUpDone } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { Observable } from "./observable.ts";
import { makeMessageId } from "./outbox.ts";

/** The desk on which the actions show. */
export interface ActionDesk {
  /** The server's answer replaces what is known of the conversation. */
  takeRow(row: ConversationRow): void;
  takeMessage(conversationId: string, message: MessageOut): void;
  /** The conversation is no longer this agent's: look at what needs them next. */
  leave(conversationId: string): void;
  choose(id: string | null): void;
  /** Whether the conversation waits for its wrap-up still: a customer who writes again ends it. */
  isWrappingUp(id: string): boolean;
  load(): Promise<void>;
}

/** What was chosen but not sent is sent by itself, this long before the time is up. */
const FINISH_BEFORE_MS = 1500;

const NOTHING_SAID: WrapUpDone = { disposition: null, note: null };

export class DeskActions extends Observable {
  refusal: string | null = null;
  /** An action is on its way; a second press waits for it. */
  isBusy = false;
  /** The name of the file that is being sent. */
  uploading: string | null = null;
  /** Where a conversation can go; null until it has been asked. */
  places: ColleaguesOut | null = null;

  private readonly wrapUps = new Map<string, WrapUpDone>();
  private readonly wrapUpTimers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly api: ConsoleApi,
    private readonly desk: ActionDesk,
  ) {
    super();
  }

  async close(id: string): Promise<void> {
    await this.attempt(async () => {
      this.desk.takeRow(await this.api.close(id));
    });
  }

  async transfer(id: string, to: TransferTo): Promise<boolean> {
    return this.attempt(async () => {
      await this.api.transfer(id, to);
      this.desk.leave(id);
    });
  }

  async returnToBot(id: string): Promise<boolean> {
    return this.attempt(async () => {
      await this.api.returnToBot(id);
      this.desk.leave(id);
    });
  }

  async take(entryId: string): Promise<boolean> {
    return this.attempt(async () => {
      const row = await this.api.take(entryId);
      this.desk.takeRow(row);
      this.desk.choose(row.id);
    });
  }

  /** Tell how the call went that the agent was to make; a customer who was not reached is called again later. */
  async reportCall(callbackId: string, isReached: boolean): Promise<boolean> {
    return this.attempt(async () => {
      await this.api.reportCall(callbackId, isReached);
      await this.desk.load();
    });
  }

  /** What has been chosen and noted so far; a customer who writes again does not undo it. */
  wrapUpDraft(id: string): WrapUpDone {
    return this.wrapUps.get(id) ?? NOTHING_SAID;
  }

  keepWrapUp(id: string, draft: WrapUpDone, leftMs: number): void {
    this.wrapUps.set(id, draft);
    clearTimeout(this.wrapUpTimers.get(id));
    const finish = (): void => {
      if (this.desk.isWrappingUp(id)) void this.finishWrapUp(id, draft);
    };
    this.wrapUpTimers.set(id, setTimeout(finish, Math.max(0, leftMs - FINISH_BEFORE_MS)));
    this.changed();
  }

  async finishWrapUp(id: string, done: WrapUpDone): Promise<boolean> {
    return this.attempt(async () => {
      await this.api.finishWrapUp(id, done);
      clearTimeout(this.wrapUpTimers.get(id));
      this.wrapUps.delete(id);
      this.desk.leave(id);
    });
  }

  async upload(id: string, file: File): Promise<void> {
    this.uploading = file.name;
    await this.attempt(async () => {
      this.desk.takeMessage(id, await this.api.uploadFile(id, makeMessageId(), file));
    });
    this.uploading = null;
    this.changed();
  }

  async loadPlaces(): Promise<void> {
    try {
      this.places = await this.api.listColleagues();
    } catch {
      // Without the list of colleagues a conversation can still go to a queue or the assistant.
      this.places ??= { queues: [], colleagues: [] };
    }
    this.changed();
  }

  refuse(text: string | null): void {
    this.refusal = text;
    this.changed();
  }

  /** Return whether it was done. A refusal leaves the desk as the server sees it. */
  private async attempt(action: () => Promise<void>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.refuse(null);
    try {
      await action();
      return true;
    } catch (error) {
      this.refusal = error instanceof ApiError ? (error.text ?? error.error) : "";
      await this.desk.load();
      return false;
    } finally {
      this.isBusy = false;
      this.changed();
    }
  }
}
