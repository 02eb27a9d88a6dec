/** What the console's elements tell the desk. */
import type { WrapUpDone } from "../api/console.ts";
import type { WritingKind } from "../state/console-writing.ts";
import type { DeskAction } from "../state/keymap.ts";

class DeskEvent extends Event {
  constructor(name: string) {
    super(name, { bubbles: true, composed: true });
  }
}

/** The agent asks for something that also has a key. */
export class DeskActionEvent extends DeskEvent {
  constructor(readonly action: DeskAction) {
    super("saldo-desk-action");
  }
}

/** A conversation was chosen from the list. */
export class ConversationChooseEvent extends DeskEvent {
  constructor(readonly conversationId: string | null) {
    super("saldo-conversation-choose");
  }
}

/** The handoff summary was folded or unfolded. */
export class SummaryToggleEvent extends DeskEvent {
  constructor(readonly isFolded: boolean) {
    super("saldo-summary-toggle");
  }
}

/** Somebody who waits shall be taken out of turn. */
export class EntryTakeEvent extends DeskEvent {
  constructor(readonly entryId: string) {
    super("saldo-entry-take");
  }
}

/** What is written shall go to the customer, or to colleagues only. */
export class ModeChooseEvent extends DeskEvent {
  constructor(readonly mode: WritingKind) {
    super("saldo-mode-choose");
  }
}

/** Templates are wanted now. */
export class CannedWantEvent extends DeskEvent {
  constructor() {
    super("saldo-canned-want");
  }
}

/** A file shall be sent. */
export class FileChooseEvent extends DeskEvent {
  constructor(readonly file: File) {
    super("saldo-file-choose");
  }
}

/** What has been chosen for the wrap-up so far. */
export class WrapUpChangeEvent extends DeskEvent {
  constructor(readonly draft: WrapUpDone) {
    super("saldo-wrap-up-change");
  }
}

/** The wrap-up is finished, or skipped when nothing is said. */
export class WrapUpDoneEvent extends DeskEvent {
  constructor(readonly done: WrapUpDone) {
    super("saldo-wrap-up-done");
  }
}

/** A note that was not stored shall be given up. */
export class NoteDiscardEvent extends DeskEvent {
  constructor(readonly noteId: string) {
    super("saldo-note-discard");
  }
}

/** A text that was not sent is not wanted any more. */
export class TextDropEvent extends DeskEvent {
  constructor() {
    super("saldo-text-drop");
  }
}

/** A refusal has been read. */
export class RefusalDismissEvent extends DeskEvent {
  constructor() {
    super("saldo-refusal-dismiss");
  }
}

/** How a call went that the agent was to make. */
export class CallReportEvent extends DeskEvent {
  constructor(
    readonly callbackId: string,
    readonly isReached: boolean,
  ) {
    super("saldo-call-report");
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-desk-action": DeskActionEvent;
    "saldo-summary-toggle": SummaryToggleEvent;
    "saldo-conversation-choose": ConversationChooseEvent;
    "saldo-entry-take": EntryTakeEvent;
    "saldo-mode-choose": ModeChooseEvent;
    "saldo-canned-want": CannedWantEvent;
    "saldo-file-choose": FileChooseEvent;
    "saldo-wrap-up-change": WrapUpChangeEvent;
    "saldo-wrap-up-done": WrapUpDoneEvent;
    "saldo-call-report": CallReportEvent;
    "saldo-refusal-dismiss": RefusalDismissEvent;
    "saldo-text-drop": TextDropEvent;
    "saldo-note-discard": NoteDiscardEvent;
  }
}
