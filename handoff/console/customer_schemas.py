"""What the customer panel's tabs show beside the bills: the contracts, and what was done before."""

from datetime import date, datetime

from pydantic import BaseModel

from billing.models.credit_note import CreditReason
from billing.models.dispute import DisputeStatus
from billing.models.dunning import ArrangementKind
from handoff.conversations.models import Channel


class PriceOut(BaseModel):
    """A price from `valid_from` until before `valid_to`; no `unit`: the plan is flat."""

    valid_from: date
    valid_to: date | None
    base_minor: int
    unit: str | None
    included: int
    unit_price_micro: int


class PhaseOut(BaseModel):
    """A plan from `valid_from` until before `valid_to`."""

    plan: str
    valid_from: date
    valid_to: date | None


class DiscountOut(BaseModel):
    """A reduction of the monthly price, by amount or by share."""

    name: str
    valid_from: date
    valid_to: date | None
    amount_minor: int | None
    basis_points: int | None


class CheaperPlanOut(BaseModel):
    """What another plan would have saved in the `months` that were, after which the fee for the change comes off."""

    plan: str
    months: int
    saving_per_month_minor: int
    least_saving_minor: int
    most_saving_minor: int
    months_dearer: int
    switching_fee_minor: int


class ContractOut(BaseModel):
    """`ended_on` is the first day without it; `bound_until` is there while a minimum term is ahead."""

    number: str | None
    plan: str
    currency: str
    started_on: date
    ended_on: date | None
    bound_until: date | None
    termination_fee_minor: int | None
    price: PriceOut | None
    prices: list[PriceOut]
    phases: list[PhaseOut]
    discounts: list[DiscountOut]
    cheaper: list[CheaperPlanOut]


class EarlierOut(BaseModel):
    """A conversation of the same customer; no `disposition`: nobody noted how it ended."""

    opened_at: datetime
    closed_at: datetime | None
    channel: Channel
    topic: str | None
    reason: str | None
    wish: str | None
    agent_name: str | None
    disposition: str | None
    note: str | None


class DisputeOut(BaseModel):
    invoice_number: str
    amount_minor: int
    currency: str
    status: DisputeStatus
    opened_at: datetime
    closed_at: datetime | None
    answer_by: date
    reason: str


class CreditOut(BaseModel):
    number: str
    invoice_number: str
    reason: CreditReason
    amount_minor: int
    currency: str
    issued_on: date


class InstalmentOut(BaseModel):
    due_on: date
    amount_minor: int


class ArrangementOut(BaseModel):
    invoice_number: str
    kind: ArrangementKind
    currency: str
    open_minor: int
    parts: list[InstalmentOut]


class CustomerFileOut(BaseModel):
    """The newest first. `contracts` is None where they cannot be read, as billing would refuse the account."""

    contracts: list[ContractOut] | None
    last_ended_on: date | None
    conversations: list[EarlierOut]
    disputes: list[DisputeOut]
    credits: list[CreditOut]
    arrangements: list[ArrangementOut]
