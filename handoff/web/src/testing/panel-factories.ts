/** What the customer panel shows, for tests; each takes what matters to the test. */
import type { ActionOffer, ActionOption, ActionPreview, ActionsOut, Approval, CustomerFile, DoneAction } from "../api/actions.ts";

export function makeOption(changes: Partial<ActionOption> = {}): ActionOption {
  return {
    id: "late:DE-2026-000001",
    label: "Long wait, bill of October",
    detail: null,
    amount_minor: null,
    minimum_minor: 1,
    maximum_minor: 5000,
    ...changes,
  };
}

export function makeActionOffer(changes: Partial<ActionOffer> = {}): ActionOffer {
  return {
    kind: "goodwill",
    allowed: true,
    reason: null,
    currency: "EUR",
    own_limit_minor: 2500,
    approval_limit_minor: 10_000,
    options: [makeOption()],
    ...changes,
  };
}

export function makeActions(...actions: ActionOffer[]): ActionsOut {
  return { customer: "Lena Hoffmann", verified: true, actions, history: [] };
}

export function makePreview(changes: Partial<ActionPreview> = {}): ActionPreview {
  return {
    title: "Goodwill credit of €10.00",
    lines: [{ label: "Balance due", before: "€43.20", after: "€33.20" }],
    amount_minor: 1000,
    currency: "EUR",
    needs_approval: false,
    notice: "We have credited €10.00 to your account.",
    ...changes,
  };
}

export function makeDone(changes: Partial<DoneAction> = {}): DoneAction {
  return {
    id: "d1",
    request_id: "r1",
    kind: "goodwill",
    title: "Goodwill credit of €10.00",
    amount_minor: 1000,
    currency: "EUR",
    state: "done",
    by: "Mia Brandt",
    decided_by: null,
    at: "2026-11-22T09:00:00Z",
    note: "Waited long",
    document: "CN-DE-2026-000001",
    ...changes,
  };
}

export function makeApproval(changes: Partial<Approval> = {}): Approval {
  return {
    ...makeDone({ state: "waiting", amount_minor: 4000, title: "Goodwill credit of €40.00", document: null }),
    conversation_id: "c1",
    customer: "Lena Hoffmann",
    limit_minor: 2500,
    reason: "Long wait",
    ...changes,
  };
}

export function makeFile(changes: Partial<CustomerFile> = {}): CustomerFile {
  return {
    contracts: [],
    last_ended_on: null,
    conversations: [],
    disputes: [],
    credits: [],
    arrangements: [],
    ...changes,
  };
}
