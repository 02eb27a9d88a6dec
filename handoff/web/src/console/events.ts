/** What the console's elements tell the desk. */
import type { DeskAction } from "./keymap.ts";

/** The agent asks for something that also has a key. */
export class DeskActionEvent extends Event {
  constructor(readonly action: DeskAction) {
    super("saldo-desk-action", { bubbles: true, composed: true });
  }
}

/** A conversation was chosen from the list. */
export class ConversationChooseEvent extends Event {
  constructor(readonly conversationId: string | null) {
    super("saldo-conversation-choose", { bubbles: true, composed: true });
  }
}

/** The handoff summary was folded or unfolded. */
export class SummaryToggleEvent extends Event {
  constructor(readonly isFolded: boolean) {
    super("saldo-summary-toggle", { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-desk-action": DeskActionEvent;
    "saldo-summary-toggle": SummaryToggleEvent;
    "saldo-conversation-choose": ConversationChooseEvent;
  }
}
