/** What the parts of the board tell the page. */
import type { Question } from "../api/board.ts";

/** A number shall be opened. */
export class QuestionEvent extends Event {
  constructor(readonly question: Question) {
    super("saldo-board-question", { bubbles: true, composed: true });
  }
}

/** What shall be given to somebody: an entry in line, or a conversation that an agent has. */
export interface Assignment {
  entryId: string | null;
  conversationId: string;
  language: string;
  /** Who has it now, and so cannot be given it. */
  holder: string | null;
}

/** Somebody shall be chosen for a conversation. */
export class AssignWishEvent extends Event {
  constructor(readonly assignment: Assignment) {
    super("saldo-board-assign", { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-board-question": QuestionEvent;
    "saldo-board-assign": AssignWishEvent;
  }
}
