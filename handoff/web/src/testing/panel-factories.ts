/** What the customer panel shows, for tests; each takes what matters to the test. */
import { vi } from "vitest";
import type {
  ActionOffer,
  ActionOption,
  ActionPreview,
  ActionsOut,
  Approval,
  ContractFacts,
  CustomerFile,
  DoneAction,
  PanelApi,
} from "../api/actions.ts";
import type { CustomerOverview } from "../api/console.ts";

export type FakePanelApi = { [K in keyof PanelApi]: ReturnType<typeof vi.fn<PanelApi[K]>> };

export function makePanelApi(): FakePanelApi {
  return {
    getFile: vi.fn<PanelApi["getFile"]>(() => Promise.resolve(makeFile())),
    getActions: vi.fn<PanelApi["getActions"]>(() => Promise.resolve(makeActions(makeActionOffer()))),
    preview: vi.fn<PanelApi["preview"]>(() => Promise.resolve(makePreview())),
    act: vi.fn<PanelApi["act"]>((_id, _kind, request) => Promise.resolve(makeDone({ request_id: request.request_id }))),
  };
}

export function makeOverview(changes: Partial<CustomerOverview> = {}): CustomerOverview {
  return {
    name: "Lena Hoffmann",
    number: "10000001",
    language: "de",
    country: "DE",
    plan: null,
    contract_since: null,
    balance: { amount_minor: 0, currency: "EUR", due_on: null, overdue: false },
    invoices: [],
    change: null,
    audit: null,
    ...changes,
  };
}

export function makeContract(changes: Partial<ContractFacts> = {}): ContractFacts {
  return {
    number: "V-1",
    plan: "Mobile M",
    currency: "EUR",
    started_on: "2025-01-01",
    ended_on: null,
    bound_until: null,
    termination_fee_minor: null,
    price: { valid_from: "2025-01-01", valid_to: null, base_minor: 2499, unit: "GB", included: 40, unit_price_micro: 1_500_000 },
    prices: [],
    phases: [],
    discounts: [],
    cheaper: [],
    ...changes,
  };
}

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
