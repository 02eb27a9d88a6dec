/** The customer panel's place on the desk: what it knows, approvals for supervisors, and the news that change both. */
import { approvalApi, type ApprovalApi, panelApi, type PanelApi } from "../api/actions.ts";
import type { AgentOut } from "../api/console.ts";
import type { PassingFrame } from "./console-line.ts";
import { ApprovalList } from "./panel-approvals.ts";
import { PanelBook, type PanelTab } from "./panel-book.ts";
import type { KeyValueStore } from "./storage.ts";

export class PanelDesk {
  readonly book: PanelBook;
  readonly approvals: ApprovalList;

  /** `changed`: the account of a conversation's customer is another now. */
  constructor(
    store: KeyValueStore,
    private readonly changed: (conversationId: string) => void,
    api: PanelApi & ApprovalApi = { ...panelApi, ...approvalApi },
  ) {
    this.book = new PanelBook(api, store, changed);
    this.approvals = new ApprovalList(api);
  }

  start(agent: AgentOut | null): void {
    this.book.setAgent(agent?.id ?? null);
    if (agent?.role === "supervisor") this.approvals.start();
  }

  stop(): void {
    this.book.setAgent(null);
    this.approvals.stop();
  }

  readonly hear = (frame: PassingFrame): void => {
    if (frame.type === "approvals.changed") this.approvals.refresh();
    if (frame.type !== "actions.changed" || !this.book.get(frame.conversation_id)) return;
    void this.book.refresh(frame.conversation_id);
    this.changed(frame.conversation_id);
  };
}

/** What the keys of the tabs do. */
export function tabActions(show: (tab: PanelTab) => void): Record<PanelTab, () => void> {
  const shows = (tab: PanelTab) => (): void => {
    show(tab);
  };
  return { bill: shows("bill"), contract: shows("contract"), actions: shows("actions"), history: shows("history") };
}
