"""Random bills and payments as billing hands them to the actions."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from billing.documents.references import payment_reference
from billing.invoices import InvoiceFacts
from billing.money import Money
from billing.payment_details import PaymentDetails
from billing.payments import PaymentFacts
from billing.periods import BillingPeriod
from tests.actions.reply_roles.expecting import TODAY

IBANS = {"DE": "DE89370400440532013000", "FI": "FI2112345600000785"}
NOTHING = Money(0, "EUR")


def an_amount(rng: Random) -> Money:
    """Return cents, euros, hundreds or ten thousands: every length that is written differently."""
    return Money(rng.randint(1, 10 ** rng.randint(2, 7)), "EUR")


def a_day(rng: Random, *, past: bool) -> date:
    return TODAY - timedelta(days=rng.randint(1, 500)) if past else TODAY + timedelta(days=rng.randint(0, 60))


def a_number(rng: Random, country: str) -> str:
    return f"{country}-{rng.randint(2024, 2026)}-{rng.randint(1, 999_999):06}"


def an_open_bill(rng: Random, *, overdue: bool, country: str = "DE") -> InvoiceFacts:
    """Part of it may be paid, so that what is open is not its total."""
    due_on, open_amount = a_day(rng, past=overdue), an_amount(rng)
    issued_on = due_on - timedelta(days=14)
    period = BillingPeriod.month_of(issued_on).previous_month()
    paid = rng.choice((NOTHING, an_amount(rng)))
    number, total = a_number(rng, country), open_amount + paid
    return InvoiceFacts(UUID(int=0), number, period, total, issued_on, due_on, open_amount, NOTHING)


def a_settled_bill(rng: Random, *, credited: bool) -> InvoiceFacts:
    due_on, total = a_day(rng, past=True), an_amount(rng)
    issued_on = due_on - timedelta(days=14)
    period = BillingPeriod.month_of(issued_on).previous_month()
    taken_back = total if credited else NOTHING
    return InvoiceFacts(UUID(int=0), a_number(rng, "DE"), period, total, issued_on, due_on, NOTHING, taken_back)


def a_payment(rng: Random, *, for_bill: bool = True) -> PaymentFacts:
    number = a_number(rng, rng.choice(("DE", "FI"))) if for_bill else None
    late = rng.choice((None, rng.randint(1, 90))) if for_bill else None
    return PaymentFacts(an_amount(rng), a_day(rng, past=True), number, late)


def payment_details(bill: InvoiceFacts, country: str, *, by_transfer: bool) -> PaymentDetails:
    iban = IBANS[country] if by_transfer else ""
    return PaymentDetails(bill, iban, payment_reference(country, bill.number))
