/** What the customer panel knows of each conversation: the customer's file, and what the agent does for them. */
import type { CustomerFile, PanelApi } from "../api/actions.ts";
import { ApiError } from "../api/http.ts";
import { Observable } from "./observable.ts";
import { ActionCase } from "./panel-actions.ts";
import type { KeyValueStore } from "./storage.ts";

export const TABS = ["bill", "contract", "actions", "history"] as const;
export type PanelTab = (typeof TABS)[number];

interface PanelCase {
  file: CustomerFile | null;
  /** The file could not be told. */
  hasFailed: boolean;
  actions: ActionCase;
}

export class PanelBook extends Observable {
  /** One tab for all conversations: whoever looks at bills goes on looking at bills. */
  tab: PanelTab = "bill";

  private readonly cases = new Map<string, PanelCase>();
  private agentId = "";
  private isAsked = false;

  /** `done`: something was changed for the customer of a conversation. */
  constructor(
    private readonly api: PanelApi,
    private readonly store: KeyValueStore,
    private readonly done: (conversationId: string) => void = () => undefined,
  ) {
    super();
  }

  /** Whoever signs in next begins anew; what was sent and not answered is theirs only who sent it. */
  setAgent(agentId: string | null): void {
    if (this.agentId === (agentId ?? "")) return;
    this.agentId = agentId ?? "";
    this.cases.clear();
    this.changed();
  }

  get(id: string | null): PanelCase | null {
    return id === null ? null : (this.cases.get(id) ?? null);
  }

  show(tab: PanelTab): void {
    this.tab = tab;
    this.changed();
  }

  /** Show a tab to somebody who is elsewhere: the panel takes the focus to it. */
  ask(tab: PanelTab): void {
    this.isAsked = true;
    this.show(tab);
  }

  /** Return whether a tab was asked for since the last time. */
  takeAsked(): boolean {
    const { isAsked } = this;
    this.isAsked = false;
    return isAsked;
  }

  /** Fetch the customer's file, once. What can be done is computed anew for who looks at it, and fetched then. */
  want(id: string): void {
    const known = this.open(id);
    if (known.file === null) void this.loadFile(id, known);
  }

  /** The panel is closed to the agent, so what it showed is forgotten. What was typed for an action stays. */
  hide(id: string): void {
    const known = this.cases.get(id);
    if (known?.file != null) known.file = null;
  }

  /** Forget customers who have gone elsewhere, with what was typed for them; what was sent and not answered stays. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const [id, { actions }] of this.cases) if (!ids.has(id) && !actions.isHeld) this.cases.delete(id);
    for (const key of this.store.keys(this.prefix)) {
      const [id = "", kind] = key.slice(this.prefix.length).split(":");
      if (kind !== undefined && !ids.has(id)) this.store.remove(key);
    }
  }

  private get prefix(): string {
    return `saldo:desk:action:${this.agentId}:`;
  }

  /** Fetch it again: somebody has changed the account. */
  async refresh(id: string): Promise<void> {
    const shown = this.open(id);
    await Promise.all([this.loadFile(id, shown), shown.actions.load()]);
  }

  private async loadFile(id: string, shown: PanelCase): Promise<void> {
    try {
      shown.file = await this.api.getFile(id);
      shown.hasFailed = false;
    } catch (error) {
      shown.hasFailed = true;
      if (error instanceof ApiError && !error.isTemporary) shown.file = null;
    }
    this.changed();
  }

  private open(id: string): PanelCase {
    const known = this.cases.get(id);
    if (known) return known;
    const actions = new ActionCase({
      api: this.api,
      conversationId: id,
      store: this.store,
      prefix: this.prefix,
      changed: () => {
        void this.loadFile(id, made);
        this.done(id);
      },
    });
    const made: PanelCase = { file: null, hasFailed: false, actions };
    this.cases.set(id, made);
    actions.subscribe(() => {
      this.changed();
    });
    return made;
  }
}
