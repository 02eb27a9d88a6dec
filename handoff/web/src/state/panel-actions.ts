/**
 * What an agent does for one customer: choose, look at the effect, confirm. A confirmed action is kept with its request
 * id until the server has answered, over a reload too: the server does one id once, so trying again is safe.
 */
import type {
  ActionKind,
  ActionOffer,
  ActionPreview,
  ActionRequest,
  ActionsOut,
  DoneAction,
  PanelApi,
} from "../api/actions.ts";
import { ApiError } from "../api/http.ts";
import { localDay } from "../i18n/local-day.ts";
import { Observable } from "./observable.ts";
import { makeMessageId } from "./outbox.ts";
import { type ActionDraft, type DraftProblem, emptyDraft, findOption, findProblem, toWish } from "./panel-drafts.ts";
import { type KeyValueStore, readJson } from "./storage.ts";

interface SentAction {
  draft: ActionDraft;
  request: ActionRequest;
}

export interface ActionCaseOptions {
  api: PanelApi;
  conversationId: string;
  store: KeyValueStore;
  /** Tells agents on one machine apart. */
  prefix: string;
  /** The account is another now. */
  changed?: () => void;
  now?: () => number;
}

/** A refusal in the server's words; empty where there are none. */
function wordsOf(error: unknown): string {
  return error instanceof ApiError ? (error.text ?? "") : "";
}

function isSent(value: unknown): value is SentAction {
  return typeof value === "object" && value !== null && "draft" in value && "request" in value;
}

function isDraft(value: unknown): value is ActionDraft {
  return typeof value === "object" && value !== null && "kind" in value && "note" in value;
}

/** Where the drafts of a conversation are kept. */
export function draftsKey(key: string): string {
  return `${key}:drafts`;
}

export class ActionCase extends Observable {
  /** What can be done; null until the server has told. */
  offers: ActionsOut | null = null;
  /** Why nothing can be told. */
  failure: string | null = null;
  draft: ActionDraft | null = null;
  preview: ActionPreview | null = null;
  /** What is wrong with the draft, since the agent wanted to go on. */
  problem: DraftProblem | null = null;
  refusal: string | null = null;
  /** A call is on its way; a second press waits for it. */
  isBusy = false;
  /** It was confirmed, and no answer came. */
  isUnanswered = false;
  result: DoneAction | null = null;

  private sent: SentAction | null = null;
  /** The server may still be at it: whoever confirms the same once more sends it under the same id. */
  private givenUp: ActionRequest | null = null;
  private asked = 0;
  /** Counts what was chosen: a preview that comes late may be of something else. */
  private effect = 0;
  /** What was typed and not done, by kind: it is there when the same one is chosen again, over a reload too. */
  private readonly drafts = new Map<ActionKind, ActionDraft>();

  constructor(private readonly options: ActionCaseOptions) {
    super();
    const drafts = readJson(options.store, draftsKey(this.key));
    if (Array.isArray(drafts)) for (const draft of drafts.filter(isDraft)) this.drafts.set(draft.kind, draft);
    const kept = readJson(options.store, this.key);
    if (!isSent(kept)) return;
    this.sent = kept;
    this.draft = kept.draft;
    this.isUnanswered = true;
  }

  get offer(): ActionOffer | null {
    return this.draft && this.offerOf(this.draft.kind);
  }

  offerOf(kind: ActionKind): ActionOffer | null {
    return this.offers?.actions.find((offer) => offer.kind === kind) ?? null;
  }

  /** What waits for somebody's approval. */
  get waiting(): DoneAction[] {
    return (this.offers?.history ?? []).filter(({ state }) => state === "waiting");
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const offers = await this.options.api.getActions(this.options.conversationId);
      if (asked !== this.asked) return;
      this.offers = offers;
      this.failure = null;
      this.compare(offers.history);
    } catch (error) {
      if (asked !== this.asked) return;
      this.failure = wordsOf(error);
      if (error instanceof ApiError && !error.isTemporary) this.offers = null;
    }
    this.changed();
  }

  private begin(kind: ActionKind): void {
    if (this.isHeld) return;
    if (this.draft?.kind !== kind) this.draft = this.drafts.get(kind) ?? emptyDraft(kind);
    const [only, ...others] = this.offerOf(kind)?.options ?? [];
    if (only && others.length === 0) this.draft = { ...this.draft, option: only.id };
    this.result = null;
    this.touchDraft();
  }

  /** Another choice, amount or day has another effect; a note has none. */
  edit(changes: Partial<Omit<ActionDraft, "kind">>): void {
    if (!this.draft || this.isHeld) return;
    this.draft = { ...this.draft, ...changes };
    this.drafts.set(this.draft.kind, this.draft);
    this.storeDrafts();
    if (Object.keys(changes).some((name) => name !== "note")) this.dropPreview();
    this.problem = null;
    this.refusal = null;
    this.changed();
  }

  /** Back to the list of actions. */
  leave(): void {
    if (this.isHeld) return;
    this.draft = null;
    this.result = null;
    this.touchDraft();
  }

  choose(kind: ActionKind): void {
    if (this.offerOf(kind)?.allowed === false) this.leave();
    else this.begin(kind);
  }

  async look(): Promise<void> {
    const { draft, offer } = this;
    if (!draft || !offer || this.isHeld || this.isBusy) return;
    this.problem = findProblem(offer, draft, this.today);
    const option = findOption(offer, draft);
    if (this.problem || !option) {
      this.changed();
      return;
    }
    const { effect } = this;
    await this.attempt(async () => {
      const preview = await this.options.api.preview(this.options.conversationId, draft.kind, toWish(option, draft));
      if (this.effect === effect) this.preview = preview;
    });
  }

  /** Do what the preview shows. */
  async confirm(): Promise<void> {
    const { draft, offer, preview } = this;
    const option = draft && offer && findOption(offer, draft);
    if (!draft || !offer || !option || !preview || this.isHeld || this.isBusy) return;
    this.problem = findProblem(offer, draft, this.today);
    if (this.problem) {
      this.changed();
      return;
    }
    const shown = preview.amount_minor === null ? {} : { preview: preview.amount_minor };
    const request = { request_id: this.givenUp?.request_id ?? makeMessageId(), ...toWish(option, draft), ...shown };
    const isSame = JSON.stringify(request) === JSON.stringify(this.givenUp);
    this.sent = { draft, request: isSame ? request : { ...request, request_id: makeMessageId() } };
    this.options.store.set(this.key, JSON.stringify(this.sent));
    await this.send();
  }

  /** Ask again, with the same id. */
  async retry(): Promise<void> {
    if (this.isUnanswered && !this.isBusy) await this.send();
  }

  /** Give an unanswered action up, unless the server knows it after all. What was typed stays. */
  async giveUp(): Promise<void> {
    await this.load();
    if (this.failure !== null || !this.isUnanswered) return;
    const request = this.sent?.request ?? null;
    this.forget();
    this.givenUp = request;
    this.changed();
  }

  private async send(): Promise<void> {
    const { sent } = this;
    if (!sent) return;
    this.isUnanswered = false;
    await this.attempt(async () => {
      this.settle(await this.options.api.act(this.options.conversationId, sent.draft.kind, sent.request));
      this.options.changed?.();
    });
    await this.load();
  }

  private async attempt(call: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.refusal = null;
    this.changed();
    try {
      await call();
    } catch (error) {
      this.fail(error);
    } finally {
      this.isBusy = false;
      this.changed();
    }
  }

  /** A refusal is an answer: the next attempt is another one. Without an answer it may have been done. */
  private fail(error: unknown): void {
    const isAnswered = error instanceof ApiError && !error.isTemporary && error.status !== 401;
    if (this.sent && !isAnswered) {
      this.isUnanswered = true;
      return;
    }
    this.forget();
    this.dropPreview();
    this.refusal = wordsOf(error);
  }

  /** The list knows better than a lost answer, and what is decided later. */
  private compare(history: readonly DoneAction[]): void {
    const answered = history.find(({ request_id: id }) => id === this.sent?.request.request_id);
    if (answered && !this.isBusy) this.settle(answered);
    else if (this.result) this.result = history.find(({ id }) => id === this.result?.id) ?? this.result;
  }

  private settle(result: DoneAction): void {
    this.result = result;
    this.forget();
    this.draft = null;
    this.drafts.delete(result.kind);
    this.storeDrafts();
    this.dropPreview();
    this.problem = null;
    this.refusal = null;
  }

  private storeDrafts(): void {
    const { store } = this.options;
    if (this.drafts.size === 0) store.remove(draftsKey(this.key));
    else store.set(draftsKey(this.key), JSON.stringify([...this.drafts.values()]));
  }

  private dropPreview(): void {
    this.preview = null;
    this.effect += 1;
  }

  private forget(): void {
    this.sent = null;
    this.givenUp = null;
    this.isUnanswered = false;
    this.options.store.remove(this.key);
  }

  private touchDraft(): void {
    this.dropPreview();
    this.problem = null;
    this.refusal = null;
    this.changed();
  }

  /** What was sent must not be changed before the answer. */
  get isHeld(): boolean {
    return this.sent !== null;
  }

  private get today(): string {
    return localDay(new Date((this.options.now ?? Date.now)()));
  }

  private get key(): string {
    return `${this.options.prefix}${this.options.conversationId}`;
  }
}
