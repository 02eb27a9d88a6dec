/** What waits for a supervisor's decision; the server says when it has changed. */
import type { Approval, ApprovalApi, Decision } from "../api/actions.ts";
import { PolledList } from "./polled-list.ts";

export class ApprovalList extends PolledList<Approval, string> {
  /** What was approved and could not be done, by its title. */
  failed: readonly string[] = [];
  /** Notes as they are written, by approval: a refusal or a fetch does not lose them. */
  readonly notes = new Map<string, string>();

  constructor(private readonly api: ApprovalApi) {
    super();
  }

  protected async fetch(): Promise<readonly Approval[]> {
    return (await this.api.list()).filter(({ state }) => state === "waiting");
  }

  override stop(): void {
    this.failed = [];
    this.notes.clear();
    super.stop();
  }

  /** What became of approvals that somebody else decided meanwhile. */
  get overtaken(): string[] {
    const shown = new Set(this.entries.map(({ id }) => id));
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
  decide(id: string, decision: Decision): Promise<boolean> {
    return this.settle(id, async () => {
      const decided = await this.api.decide(id, decision, this.notes.get(id)?.trim() ?? "");
      if (decided.state === "failed") this.failed = [...this.failed, decided.title];
      this.notes.delete(id);
    });
  }
}
