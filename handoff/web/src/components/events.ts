/** What the elements tell their hosts. One class an event; all bubble out of shadow roots. */

import type { Language } from "../api/protocol.ts";

class SaldoEvent extends Event {
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
    "saldo-code-complete": CodeCompleteEvent;
    "saldo-code-missing": CodeMissingEvent;
    "saldo-language-choose": LanguageChooseEvent;
  }
}
