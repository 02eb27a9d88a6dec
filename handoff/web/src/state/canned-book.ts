/** The reply templates of the conversations that are open: fetched when first wanted, filled by the server for each one. */
import type { CannedOut, ConsoleApi } from "../api/console.ts";
import type { Language } from "../api/protocol.ts";
import { Observable } from "./observable.ts";

/** Amounts and dates in them may change while the conversation goes on. */
const FRESH_MS = 60_000;

export class CannedBook extends Observable {
  /** The last call failed. */
  hasFailed = false;
  private readonly pages = new Map<string, { templates: readonly CannedOut[]; at: number }>();

  constructor(
    private readonly api: Pick<ConsoleApi, "listCanned">,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  /** Null until they have come. */
  templates(conversationId: string | null): readonly CannedOut[] | null {
    return conversationId === null ? null : this.pages.get(conversationId)?.templates ?? null;
  }

  /** They speak of customers: nothing of them is for whoever signs in next. */
  clear(): void {
    this.pages.clear();
  }

  async want(conversationId: string, language: Language): Promise<void> {
    const known = this.pages.get(conversationId);
    if (known && this.now() - known.at < FRESH_MS) return;
    try {
      const templates = await this.api.listCanned(conversationId, language);
      for (const [id, { at }] of this.pages) if (this.now() - at >= FRESH_MS) this.pages.delete(id);
      this.pages.set(conversationId, { templates, at: this.now() });
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    this.changed();
  }
}
