/** What the parts of the board tell the page. */
import type { Question } from "../api/board.ts";
import { SaldoEvent } from "../components/events.ts";

/** A number shall be opened. */
export class QuestionEvent extends SaldoEvent {
  constructor(readonly question: Question) {
    super("saldo-board-question");
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
export class AssignWishEvent extends SaldoEvent {
  constructor(readonly assignment: Assignment) {
    super("saldo-board-assign");
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-board-question": QuestionEvent;
    "saldo-board-assign": AssignWishEvent;
  }
}
