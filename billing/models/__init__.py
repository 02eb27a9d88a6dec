"""Tables of the domain, one aggregate per file. Importing this package registers all of billing's tables."""

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, OneOffKind, Outage
from billing.models.credit_note import CreditNote, CreditNoteLine, CreditNoteSeries, CreditNoteTax, CreditReason
from billing.models.customer import Customer
from billing.models.demo_story import DemoStoryRow
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.dunning import Arrangement, ArrangementKind, ArrangementStatus, DunningKind, DunningStep, Instalment
from billing.models.human_task import HumanTask, TaskKind
from billing.models.identity import Challenge, CodeGuard, Verification
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.journal import JournalEntry, JournalTransaction, LedgerAccount, TransactionKind
from billing.models.outbox import OutboxMessage, OutboxStatus
from billing.models.payment import Allocation, Payment, Refund, RefundStatus
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import InvoiceSeries, Seller
from billing.models.turn_effect import TurnEffect
from billing.models.usage import UsageRecord, UsageRejection, UsageZone

__all__ = [
    "Allocation",
    "Arrangement",
    "ArrangementKind",
    "ArrangementStatus",
    "Challenge",
    "CodeGuard",
    "Contract",
    "ContractPhase",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteSeries",
    "CreditNoteTax",
    "CreditReason",
    "Customer",
    "DemoStoryRow",
    "Discount",
    "Dispute",
    "DisputeStatus",
    "DisputedLine",
    "DunningKind",
    "DunningStep",
    "HumanTask",
    "Instalment",
    "Invoice",
    "InvoiceSeries",
    "InvoiceTax",
    "JournalEntry",
    "JournalTransaction",
    "LedgerAccount",
    "LineItem",
    "OneOffCharge",
    "OneOffKind",
    "Outage",
    "OutboxMessage",
    "OutboxStatus",
    "Payment",
    "Plan",
    "PriceVersion",
    "Refund",
    "RefundStatus",
    "Seller",
    "TaskKind",
    "TransactionKind",
    "TurnEffect",
    "UsageRecord",
    "UsageRejection",
    "UsageZone",
    "Verification",
]
