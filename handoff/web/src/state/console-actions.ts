/** What an agent does at the desk beside writing. A refusal is kept in the server's own words. */
import type { AgentOut, ColleaguesOut, ConsoleApi, ConversationRow, TransferTo, WrapUpDone } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { UploadLine } from "./console-uploads.ts";
import { WrapUps } from "./console-wrap-ups.ts";
import { Observable } from "./observable.ts";
import type { KeyValueStore } from "./storage.ts";

/** The desk on which the actions show. */
export interface ActionDesk {
  /** The server's answer replaces what is known of the conversation. */
  takeRow(row: ConversationRow): void;
  takeMessage(conversationId: string, message: MessageOut): void;
  takeAgent(agent: AgentOut): void;
  /** The offer has been answered. */
  clearOffer(): void;
  /** The conversation is no longer this agent's; after an own move, what needs them next comes before their eyes. */
  leave(conversationId: string, isOwnMove: boolean): void;
  choose(id: string | null): void;
  /** Whether the conversation waits for its wrap-up still: a customer who writes again ends it. */
  isWrappingUp(id: string): boolean;
  load(): Promise<void>;
}

export class DeskActions extends Observable {
  refusal: string | null = null;
  /** Where a conversation can go; null until it has been asked. */
  places: ColleaguesOut | null = null;

  readonly wrapUps: WrapUps;
  private readonly uploads: UploadLine;
  /** What is on its way; a second press of the same waits for it. */
  private readonly busy = new Set<string>();

  constructor(
    private readonly api: ConsoleApi,
    private readonly desk: ActionDesk,
    store: KeyValueStore,
  ) {
    super();
    this.wrapUps = new WrapUps(store, {
      finish: (id, done) => this.sendWrapUp(id, done, false),
      isWrappingUp: (id) => desk.isWrappingUp(id),
    });
    this.uploads = new UploadLine({
      send: (id, key, file) => api.uploadFile(id, key, file),
      stored: (id, message) => {
        desk.takeMessage(id, message);
      },
      refused: (file, text) => {
        this.refuse(text === "" ? "" : `${file.name}: ${text}`);
      },
      changed: () => {
        this.changed();
      },
    });
  }

  async accept(offerId: string): Promise<boolean> {
    return this.attempt(`offer:${offerId}`, async () => {
      this.open(await this.api.accept(offerId));
      this.desk.clearOffer();
    });
  }

  async decline(offerId: string): Promise<boolean> {
    return this.attempt(`offer:${offerId}`, async () => {
      await this.api.decline(offerId);
      this.desk.clearOffer();
    });
  }

  async setPresence(status: "available" | "away"): Promise<boolean> {
    return this.attempt("presence", async () => {
      this.desk.takeAgent(await this.api.setPresence(status));
    });
  }

  async close(id: string): Promise<boolean> {
    return this.attempt(`conversation:${id}`, async () => {
      this.desk.takeRow(await this.api.close(id));
    });
  }

  /** Pass on to somebody, or with null to the assistant. */
  async transfer(id: string, to: TransferTo | null): Promise<boolean> {
    return this.attempt(`conversation:${id}`, async () => {
      await (to === null ? this.api.returnToBot(id) : this.api.transfer(id, to));
      this.desk.leave(id, true);
    });
  }

  async take(entryId: string): Promise<boolean> {
    return this.attempt(`entry:${entryId}`, async () => {
      this.open(await this.api.take(entryId));
    });
  }

  /** Tell how the call went that the agent was to make; a customer who was not reached is called again later. */
  async reportCall(callbackId: string, isReached: boolean): Promise<boolean> {
    return this.attempt(`call:${callbackId}`, async () => {
      await this.api.reportCall(callbackId, isReached);
      await this.desk.load();
    });
  }

  /** The system writes to the customer what it needs of them; the answer is read there. */
  async requestProof(id: string): Promise<boolean> {
    return this.attempt(`proof:${id}`, async () => {
      await this.api.requestProof(id);
    });
  }

  /** What has been chosen and noted so far; a customer who writes again does not undo it. */
  wrapUpDraft(id: string): WrapUpDone {
    return this.wrapUps.draft(id);
  }

  keepWrapUp(id: string, draft: WrapUpDone, leftMs: number): void {
    this.wrapUps.keep(id, draft, leftMs);
    this.changed();
  }

  async finishWrapUp(id: string, done: WrapUpDone): Promise<boolean> {
    this.refuse(null);
    return this.sendWrapUp(id, done, true);
  }

  upload(id: string, file: File): void {
    this.refuse(null);
    this.uploads.add(id, file);
  }

  /** The names of the files that are on their way into the conversation; null without any. */
  uploadingIn(id: string | null): string | null {
    return this.uploads.names(id).join(", ") || null;
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

  /** The agent has signed out. */
  stop(): void {
    this.wrapUps.stop();
    this.uploads.stop();
    this.refusal = null;
  }

  private open(row: ConversationRow): void {
    this.desk.takeRow(row);
    this.desk.choose(row.id);
  }

  /** What the time sends does not lead the agent elsewhere, and says nothing: it is tried again. */
  private async sendWrapUp(id: string, done: WrapUpDone, isOwnMove: boolean): Promise<boolean> {
    const send = async (): Promise<void> => {
      await this.api.finishWrapUp(id, done);
      this.wrapUps.forget(id);
      this.desk.leave(id, isOwnMove);
    };
    return isOwnMove ? this.attempt(`conversation:${id}`, send) : this.exclusively(`conversation:${id}`, send).catch(() => false);
  }

  private async attempt(name: string, action: () => Promise<void>): Promise<boolean> {
    this.refuse(null);
    try {
      return await this.exclusively(name, action);
    } catch (error) {
      this.refusal = error instanceof ApiError ? (error.text ?? "") : "";
      // A refusal leaves the desk as the server sees it.
      await this.desk.load();
      return false;
    } finally {
      this.changed();
    }
  }

  /** Return whether it was done; the same thing twice at a time is done once. */
  private async exclusively(name: string, action: () => Promise<void>): Promise<boolean> {
    if (this.busy.has(name)) return false;
    this.busy.add(name);
    try {
      await action();
      return true;
    } finally {
      this.busy.delete(name);
    }
  }
}
