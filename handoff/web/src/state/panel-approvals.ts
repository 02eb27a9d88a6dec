/** What waits for a supervisor's decision: fetched at once, when the server says it has changed, and every minute. */
import type { Approval, ApprovalApi, Decision } from "../api/actions.ts";
import { ApiError } from "../api/http.ts";
import { Observable } from "./observable.ts";

const REFRESH_MS = 60_000;

export class ApprovalList extends Observable {
  approvals: readonly Approval[] = [];
  /** The last fetch failed; what is shown may be old. */
  hasFailed = false;
  /** Why a decision was not taken, by approval, in the server's words; empty where there are none. */
  readonly refusals = new Map<string, string>();
  /** What was approved and could not be done, by its title. */
  failed: readonly string[] = [];
  /** Notes as they are written, by approval: a refusal or a fetch does not lose them. */
  readonly notes = new Map<string, string>();

  private readonly deciding = new Set<string>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private asked = 0;

  constructor(private readonly api: ApprovalApi) {
    super();
  }

  start(): void {
    if (this.timer !== undefined) return;
    void this.load();
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
  }

  /** Forget them: they are not for whoever signs in next. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.approvals = [];
    this.failed = [];
    this.notes.clear();
    this.refusals.clear();
    this.changed();
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const approvals = await this.api.list();
      if (asked !== this.asked || this.timer === undefined) return;
      this.approvals = approvals.filter(({ state }) => state === "waiting");
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    this.changed();
  }

  /** Somebody has asked or decided; nothing for those to whom the list is closed. */
  refresh(): void {
    if (this.timer !== undefined) void this.load();
  }

  isDeciding(id: string): boolean {
    return this.deciding.has(id);
  }

  /** What became of approvals that somebody else decided meanwhile. */
  get overtaken(): string[] {
    const shown = new Set(this.approvals.map(({ id }) => id));
    return [...this.refusals].filter(([id]) => !shown.has(id)).map(([, text]) => text);
  }

  /** The refusals have been read. */
  forgetRefusals(): void {
    this.refusals.clear();
    this.failed = [];
    this.changed();
  }

  writeNote(id: string, note: string): void {
    this.notes.set(id, note);
    this.refusals.delete(id);
    this.changed();
  }

  /** Return whether it was decided. */
  async decide(id: string, decision: Decision): Promise<boolean> {
    if (this.deciding.has(id)) return false;
    this.deciding.add(id);
    this.refusals.delete(id);
    this.changed();
    try {
      const decided = await this.api.decide(id, decision, this.notes.get(id)?.trim() ?? "");
      if (decided.state === "failed") this.failed = [...this.failed, decided.title];
      this.approvals = this.approvals.filter((approval) => approval.id !== id);
      this.notes.delete(id);
      // A list that was asked for before knows nothing of the decision.
      this.asked += 1;
      return true;
    } catch (error) {
      this.refusals.set(id, error instanceof ApiError ? (error.text ?? "") : "");
      void this.load();
      return false;
    } finally {
      this.deciding.delete(id);
      this.changed();
    }
  }
}
