/** The customer panel's calls: the customer's contracts and history, what the agent may do, and approvals. */
import type { Channel } from "./protocol.ts";
import { callJson } from "./http.ts";

export type ActionKind = "correction" | "goodwill" | "arrangement" | "plan_change" | "dispute";

/** Something that can be done. A free amount has bounds; one without them is exact. */
export interface ActionOption {
  id: string;
  label: string;
  detail: string | null;
  amount_minor: number | null;
  minimum_minor: number | null;
  maximum_minor: number | null;
  /** The last day that can be agreed, where a day can be chosen. */
  latest_day?: string | null;
}

export interface ActionOffer {
  kind: ActionKind;
  allowed: boolean;
  /** Why not, in the agent's language. */
  reason: string | null;
  currency: string | null;
  /** What this agent may still give alone. */
  own_limit_minor: number | null;
  /** What can be asked for. */
  approval_limit_minor: number | null;
  options: ActionOption[];
}

export type DoneState = "done" | "waiting" | "refused" | "failed";

export interface DoneAction {
  id: string;
  request_id: string;
  kind: ActionKind;
  title: string;
  amount_minor: number | null;
  currency: string | null;
  state: DoneState;
  by: string;
  decided_by: string | null;
  at: string;
  note: string;
  /** The number of what was issued for it, such as a credit note. */
  document: string | null;
  /** Why it failed, or was refused. */
  reason?: string | null;
}

export interface ActionsOut {
  customer: string | null;
  verified: boolean;
  actions: ActionOffer[];
  history: DoneAction[];
}

export interface ActionWish {
  option: string;
  amount_minor?: number;
  day?: string;
  note: string;
}

export interface ActionRequest extends ActionWish {
  request_id: string;
  /** The amount that the preview showed. */
  preview?: number;
}

export interface PreviewLine {
  label: string;
  before: string | null;
  after: string | null;
}

export interface ActionPreview {
  title: string;
  lines: PreviewLine[];
  amount_minor: number | null;
  currency: string | null;
  needs_approval: boolean;
  /** What the customer is told, or has to agree to. */
  notice: string | null;
}

export interface Approval extends DoneAction {
  conversation_id: string;
  customer: string;
  /** What the asking agent may give alone. */
  limit_minor: number;
  reason: string;
  /** The reader asked for it, and cannot decide it. */
  mine?: boolean;
}

export type Decision = "approve" | "refuse";

/** One thing that the check of the bills found. `evidence`: rows of the account by their natural keys. */
export interface FindingFacts {
  detector: string;
  confidence: string;
  amount_minor: number;
  currency: string;
  evidence: Record<string, unknown>[];
}

export interface PriceFacts {
  valid_from: string;
  valid_to: string | null;
  base_minor: number;
  unit: string | null;
  included: number;
  unit_price_micro: number;
}

export interface PhaseFacts {
  plan: string;
  valid_from: string;
  valid_to: string | null;
}

export interface DiscountFacts {
  name: string;
  valid_from: string;
  valid_to: string | null;
  amount_minor: number | null;
  basis_points: number | null;
}

/** What another plan would have saved in the months that were; negative where it would have cost more. */
export interface CheaperPlan {
  plan: string;
  months: number;
  saving_per_month_minor: number;
  least_saving_minor: number;
  most_saving_minor: number;
  months_dearer: number;
  switching_fee_minor: number;
}

/** `ended_on` is the first day without it; `bound_until` is there while a minimum term is ahead. */
export interface ContractFacts {
  number: string | null;
  plan: string;
  currency: string;
  started_on: string;
  ended_on: string | null;
  bound_until: string | null;
  termination_fee_minor: number | null;
  price: PriceFacts | null;
  prices: PriceFacts[];
  phases: PhaseFacts[];
  discounts: DiscountFacts[];
  cheaper: CheaperPlan[];
}

export interface EarlierConversation {
  opened_at: string;
  closed_at: string | null;
  channel: Channel;
  topic: string | null;
  reason: string | null;
  wish: string | null;
  agent_name: string | null;
  disposition: string | null;
  note: string | null;
}

export interface DisputeFacts {
  invoice_number: string;
  amount_minor: number;
  currency: string;
  status: string;
  opened_at: string;
  closed_at: string | null;
  answer_by: string;
  reason: string;
}

export interface CreditFacts {
  number: string;
  invoice_number: string;
  reason: string;
  amount_minor: number;
  currency: string;
  issued_on: string;
}

export interface AgreedFacts {
  invoice_number: string;
  kind: string;
  currency: string;
  open_minor: number;
  parts: { due_on: string; amount_minor: number }[];
}

/** `contracts` is null where they cannot be read. */
export interface CustomerFile {
  contracts: ContractFacts[] | null;
  last_ended_on: string | null;
  conversations: EarlierConversation[];
  disputes: DisputeFacts[];
  credits: CreditFacts[];
  arrangements: AgreedFacts[];
}

const conversation = (id: string): string => `/api/console/conversations/${id}`;

export const panelApi = {
  getFile: (id: string) => callJson<CustomerFile | null>(`${conversation(id)}/customer`),
  getActions: (id: string) => callJson<ActionsOut>(`${conversation(id)}/actions`),
  preview: (id: string, kind: ActionKind, wish: ActionWish) =>
    callJson<ActionPreview>(`${conversation(id)}/actions/${kind}/preview`, "POST", wish),
  act: (id: string, kind: ActionKind, request: ActionRequest) =>
    callJson<DoneAction>(`${conversation(id)}/actions/${kind}`, "POST", request),
};

export const approvalApi = {
  list: () => callJson<Approval[]>("/api/console/approvals"),
  decide: (id: string, decision: Decision, note: string) =>
    callJson<Approval>(`/api/console/approvals/${id}`, "POST", { decision, note }),
};

export type PanelApi = typeof panelApi;
export type ApprovalApi = typeof approvalApi;
