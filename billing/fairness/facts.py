"""What an audit looks at: one account as plain data, with the natural keys that findings name as evidence.

Amounts are minor units of the account's one currency. Nothing here depends on cause facts or reason codes of our own
rating, so invoices that another company's system made can be audited too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.terms import ContractTerms, Usage
from billing.tariffs import Offer


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """Days without service: from the report of the fault until before `ended_on`."""

    reference: str
    reported_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract from `started_on` until before `ended_on`; `number` is what people call it by."""

    number: str
    contract_id: UUID
    started_on: date
    ended_on: date | None
    cancelled_on: date | None
    minimum_term_until: date | None
    termination_fee: int | None
    terms: ContractTerms
    outages: tuple[OutageFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """One report of usage; `record` is what rating takes."""

    event_id: str
    contract_id: UUID
    zone: str
    received_at: datetime | None
    record: Usage


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What a credit note took back of one line, positive."""

    note: str
    reason: str
    issued_on: date
    amount: int
    finding: str | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One row of an invoice; `line_id` is for crediting and never part of a finding."""

    line_id: int
    invoice: str
    position: int
    contract_id: UUID | None
    kind: LineKind
    cause: Mapping[str, object]
    period: BillingPeriod
    quantity: int
    unit: str
    amount: int
    tax_rate: int
    price_version_id: UUID | None
    credits: tuple[CreditFacts, ...] = ()

    @property
    def credited(self) -> int:
        return sum(credit.amount for credit in self.credits)


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """What an invoice states for one rate."""

    tax_rate: int
    gross: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class InvoiceAudited:
    """An issued invoice as the customer got it."""

    number: str
    invoice_id: UUID
    period: BillingPeriod
    issued_on: date
    due_on: date
    created_at: datetime
    total: int
    currency: str
    lines: tuple[LineFacts, ...]
    taxes: tuple[TaxFacts, ...]


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    """Money put to an invoice; `own`: the invoice is of this account."""

    invoice: str
    amount: int
    allocated_on: date
    own: bool


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A receipt; `invoice` is the one that the payer named. Not `own`: for our invoice, booked to another account."""

    reference: str
    amount: int
    received_on: date
    invoice: str | None
    own: bool
    allocations: tuple[AllocationFacts, ...]


@dataclass(frozen=True, slots=True)
class CreditNoteFacts:
    """A credit note as money: `to_credit` is the part that was paid before; what of it was put to which invoice."""

    number: str
    invoice: str
    issued_on: date
    amount: int
    to_credit: int
    allocations: tuple[AllocationFacts, ...]


@dataclass(frozen=True, slots=True)
class DunningFacts:
    """One letter about one invoice."""

    invoice: str
    position: int
    kind: str
    sent_on: date
    claimed: int
    fee: int


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account with everything that its bills depend on. Invoices in order of issue.

    `notices`: by price version, when customers were told of it; `offers`: by plan, what can be chosen instead.
    `charges_known`: this seller's customers have single charges on record, so one without a record is wrong.
    """

    number: str
    country: str
    currency: str
    prices_include_tax: bool
    contracts: tuple[ContractFacts, ...]
    usage: tuple[UsageFacts, ...]
    invoices: tuple[InvoiceAudited, ...]
    payments: tuple[PaymentFacts, ...]
    credit_notes: tuple[CreditNoteFacts, ...]
    dunning: tuple[DunningFacts, ...]
    refunded: int
    notices: Mapping[UUID, date | None]
    offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    charges_known: bool = True
