"""Tables of the domain, one aggregate per file. Importing this package registers all of billing's tables."""

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge
from billing.models.customer import Customer
from billing.models.demo_story import DemoStoryRow
from billing.models.identity import Challenge, CodeGuard, Verification
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.outbox import OutboxMessage, OutboxStatus
from billing.models.payment import Payment
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import InvoiceSeries, Seller
from billing.models.turn_effect import TurnEffect
from billing.models.usage import UsageRecord

__all__ = [
    "Challenge",
    "CodeGuard",
    "Contract",
    "ContractPhase",
    "Customer",
    "DemoStoryRow",
    "Discount",
    "Invoice",
    "InvoiceSeries",
    "InvoiceTax",
    "LineItem",
    "OneOffCharge",
    "OutboxMessage",
    "OutboxStatus",
    "Payment",
    "Plan",
    "PriceVersion",
    "Seller",
    "TurnEffect",
    "UsageRecord",
    "Verification",
]
