/** What the elements tell their hosts. One class an event; all bubble out of shadow roots. */

import type { FileCard, Language } from "../api/protocol.ts";
import type { CallbackWish } from "../state/outbox.ts";

/** Bubbles, and leaves the shadow root that it comes from. */
export class SaldoEvent extends Event {
  constructor(name: string) {
    super(name, { bubbles: true, composed: true });
  }
}

/** The person wants to send this text. */
export class MessageSendEvent extends SaldoEvent {
  constructor(readonly text: string) {
    super("saldo-message-send");
  }
}

/** The person is writing, or has changed the draft. */
export class DraftChangeEvent extends SaldoEvent {
  constructor(readonly text: string) {
    super("saldo-draft-change");
  }
}

/** A failed message shall be tried again. */
export class MessageRetryEvent extends SaldoEvent {
  constructor(readonly messageId: string) {
    super("saldo-message-retry");
  }
}

/** A failed message shall be given up. */
export class MessageDiscardEvent extends SaldoEvent {
  constructor(readonly messageId: string) {
    super("saldo-message-discard");
  }
}

/** Who waits wants to be reached later, or to go another way. */
export class WaitingWishEvent extends SaldoEvent {
  constructor(
    readonly kind: "callback" | "callback-cancel" | "queue-leave",
    readonly callback: CallbackWish | null = null,
  ) {
    super("saldo-waiting-wish");
  }
}

/** One of the offered answers was chosen. */
export class ButtonPressEvent extends SaldoEvent {
  constructor(
    readonly buttonId: string,
    readonly title: string,
  ) {
    super("saldo-button-press");
  }
}

/** All digits of the one-time code are there. */
export class CodeCompleteEvent extends SaldoEvent {
  constructor(readonly code: string) {
    super("saldo-code-complete");
  }
}

/** The person has received no code. */
export class CodeMissingEvent extends SaldoEvent {
  constructor() {
    super("saldo-code-missing");
  }
}

/** Files shall be sent. */
export class FilesChooseEvent extends SaldoEvent {
  constructor(readonly files: readonly File[]) {
    super("saldo-files-choose");
  }
}

/** A file shall be opened; the customer's right to it lies in a token that no link carries. Who does it says how it went. */
export class FileOpenEvent extends SaldoEvent {
  outcome: Promise<void> | null = null;

  constructor(readonly file: FileCard) {
    super("saldo-file-open");
  }
}

/** Another language was chosen. */
export class LanguageChooseEvent extends SaldoEvent {
  constructor(readonly language: Language) {
    super("saldo-language-choose");
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-message-send": MessageSendEvent;
    "saldo-draft-change": DraftChangeEvent;
    "saldo-message-retry": MessageRetryEvent;
    "saldo-message-discard": MessageDiscardEvent;
    "saldo-button-press": ButtonPressEvent;
    "saldo-waiting-wish": WaitingWishEvent;
    "saldo-code-complete": CodeCompleteEvent;
    "saldo-code-missing": CodeMissingEvent;
    "saldo-file-open": FileOpenEvent;
    "saldo-files-choose": FilesChooseEvent;
    "saldo-language-choose": LanguageChooseEvent;
  }
}
