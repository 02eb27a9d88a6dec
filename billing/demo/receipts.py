"""How the demo's customers pay: nearly all in time, some late, in parts, twice, or not yet."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing import payments
from billing.demo.stories import Story
from billing.dunning.plan import policy_of
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.money import Money
from billing.payments import record_payments
from billing.periods import BillingPeriod

LATE = 0.05
IN_PARTS = 0.02
TWICE = 0.01
# The newest bills of these are still open: they are what the customer calls about.
OPEN_NEWEST = frozenset({Story.DISCOUNT_ENDED, Story.PLAN_CHANGE, Story.LATE_PAYMENT, Story.DUPLICATE_CHARGE})

Receipt = tuple[date, int]


class Payers:
    """Books the receipts of a month's invoices; stories pay as told, everyone else as drawn."""

    def __init__(self, seed: int, stories: dict[UUID, Story], newest: BillingPeriod, today: date) -> None:
        self._seed = seed
        self._stories = stories
        self._newest = newest
        self._today = today

    def pay(self, session: Session, period: BillingPeriod) -> None:
        """Book what arrived until today and is not booked yet; all invoices draw, so each always draws the same."""
        of_period = select(Invoice).where(Invoice.period_start == period.start).order_by(Invoice.number)
        booked = set(
            session.scalars(
                select(Payment.reference)
                .join(Invoice, Invoice.id == Payment.invoice_id)
                .where(Invoice.period_start == period.start)
            )
        )
        rng = Random(f"{self._seed}:{period.label}")
        receipts = [
            _receipt(invoice, index, receipt)
            for invoice in session.scalars(of_period)
            for index, receipt in enumerate(self._receipts(invoice, period, rng), 1)
            if receipt[0] <= self._today and receipt[1] > 0
        ]
        new = [receipt for receipt in receipts if receipt.reference not in booked]
        record_payments(session, new, now=datetime.combine(period.end, time(6), UTC))

    def _receipts(self, invoice: Invoice, period: BillingPeriod, rng: Random) -> Sequence[Receipt]:
        story = self._stories.get(invoice.customer_id)
        if story is None:
            return list(_ordinary(invoice, rng))
        if period == self._newest:
            return [] if story in OPEN_NEWEST else [_in_time(invoice)]
        if story is Story.LATE_PAYMENT and period == self._newest.previous_month():
            return [_after_reminder(invoice)]
        return [_in_time(invoice)]


def _in_time(invoice: Invoice) -> Receipt:
    return invoice.due_on - timedelta(days=3), invoice.total_minor


def _after_reminder(invoice: Invoice) -> Receipt:
    reminder, *_ = policy_of(invoice.number[:2])
    return invoice.due_on + timedelta(days=reminder.after_days + 1), invoice.total_minor


def _ordinary(invoice: Invoice, rng: Random) -> Iterator[Receipt]:
    drawn = rng.random()
    in_time = invoice.due_on - timedelta(days=rng.randrange(10))
    late = invoice.due_on + timedelta(days=rng.randrange(2, 40))
    total = invoice.total_minor
    if drawn < LATE:
        yield late, total
    elif drawn < LATE + IN_PARTS:
        yield in_time, total // 2
        yield late, total - total // 2
    else:
        yield in_time, total
        if drawn > 1 - TWICE:
            yield in_time + timedelta(days=1), total


def _receipt(invoice: Invoice, index: int, receipt: Receipt) -> payments.Receipt:
    received_on, minor = receipt
    return payments.Receipt(
        customer_id=invoice.customer_id,
        reference=f"{invoice.number}-{index}",
        amount=Money(minor, invoice.currency),
        received_on=received_on,
        invoice_id=invoice.id,
    )
