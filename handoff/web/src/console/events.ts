/** What the console's elements tell the desk. */
import type { WrapUpDone } from "../api/console.ts";
import { SaldoEvent } from "../components/events.ts";
import type { WritingKind } from "../state/console-writing.ts";
import type { DeskAction } from "../state/keymap.ts";

/** The agent asks for something that also has a key. */
export class DeskActionEvent extends SaldoEvent {
  constructor(readonly action: DeskAction) {
    super("saldo-desk-action");
  }
}

/** A conversation was chosen from the list. */
export class ConversationChooseEvent extends SaldoEvent {
  constructor(readonly conversationId: string | null) {
    super("saldo-conversation-choose");
  }
}

/** The handoff summary was folded or unfolded. */
export class SummaryToggleEvent extends SaldoEvent {
  constructor(readonly isFolded: boolean) {
    super("saldo-summary-toggle");
  }
}

/** Somebody who waits shall be taken out of turn. */
export class EntryTakeEvent extends SaldoEvent {
  constructor(readonly entryId: string) {
    super("saldo-entry-take");
  }
}

/** What is written shall go to the customer, or to colleagues only. */
export class ModeChooseEvent extends SaldoEvent {
  constructor(readonly mode: WritingKind) {
    super("saldo-mode-choose");
  }
}

/** Templates are wanted now. */
export class CannedWantEvent extends SaldoEvent {
  constructor() {
    super("saldo-canned-want");
  }
}

/** A file shall be sent. */
export class FileChooseEvent extends SaldoEvent {
  constructor(readonly file: File) {
    super("saldo-file-choose");
  }
}

/** What has been chosen for the wrap-up so far. */
export class WrapUpChangeEvent extends SaldoEvent {
  constructor(readonly draft: WrapUpDone) {
    super("saldo-wrap-up-change");
  }
}

/** The wrap-up is finished, or skipped when nothing is said. */
export class WrapUpDoneEvent extends SaldoEvent {
  constructor(readonly done: WrapUpDone) {
    super("saldo-wrap-up-done");
  }
}

/** Whether the conversation shall be ended. */
export class CloseAnswerEvent extends SaldoEvent {
  constructor(readonly isToClose: boolean) {
    super("saldo-close-answer");
  }
}

/** A note that was not stored shall be given up. */
export class NoteDiscardEvent extends SaldoEvent {
  constructor(readonly noteId: string) {
    super("saldo-note-discard");
  }
}

/** A text that was not sent is not wanted any more. */
export class TextDropEvent extends SaldoEvent {
  constructor() {
    super("saldo-text-drop");
  }
}

/** The customer shall prove who they are. */
export class ProofWantEvent extends SaldoEvent {
  constructor() {
    super("saldo-proof-want");
  }
}

/** A refusal has been read. */
export class RefusalDismissEvent extends SaldoEvent {
  constructor() {
    super("saldo-refusal-dismiss");
  }
}

/** How a call went that the agent was to make. */
export class CallReportEvent extends SaldoEvent {
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
    "saldo-close-answer": CloseAnswerEvent;
    "saldo-proof-want": ProofWantEvent;
    "saldo-refusal-dismiss": RefusalDismissEvent;
    "saldo-text-drop": TextDropEvent;
    "saldo-note-discard": NoteDiscardEvent;
  }
}
