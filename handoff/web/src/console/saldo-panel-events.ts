/** What the customer panel's tabs tell the panel. */
import type { ActionKind } from "../api/actions.ts";

/** An action shall be begun, from wherever it is talked about. */
export class ActionChooseEvent extends Event {
  constructor(readonly kind: ActionKind) {
    super("saldo-action-choose", { bubbles: true, composed: true });
  }
}

/** What could not be shown shall be fetched again. */
export class PanelRetryEvent extends Event {
  constructor() {
    super("saldo-panel-retry", { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    "saldo-action-choose": ActionChooseEvent;
    "saldo-panel-retry": PanelRetryEvent;
  }
}
