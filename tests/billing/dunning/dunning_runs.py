"""Overdue accounts, and what a dunning run did to them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.dunning.dunning_run import DunningReport, run_dunning
from billing.models.dunning import DunningKind, DunningStep
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage
from tests.factories.billing import make_customer, make_invoice

DUE = date(2026, 3, 2)
REMINDER, DEMAND, WARNING = DunningKind.REMINDER, DunningKind.PAYMENT_DEMAND, DunningKind.CUT_OFF_WARNING


def morning(day: int) -> datetime:
    """Return nine o'clock of the day after the due date."""
    return datetime.combine(DUE + timedelta(days=day), time(9), UTC)


def overdue(
    session: Session, *amounts: int, country: str = "DE", email: str | None = None, language: str = "de"
) -> Invoice:
    customer = make_customer(session, country=country, email=email, language=language)
    invoice = make_invoice(session, customer, amounts=amounts or (12_000,), due_on=DUE)
    session.commit()
    return invoice


def steps(session: Session) -> list[tuple[DunningKind, int, int]]:
    """Return kind, day after the due date and claimed cents of each step; a run may follow, so let go of the lock."""
    session.rollback()
    rows = session.scalars(select(DunningStep).order_by(DunningStep.sent_on, DunningStep.id)).all()
    told = [(row.kind, (row.sent_on - DUE).days, row.claimed_minor) for row in rows]
    session.rollback()
    return told


def messages(session: Session) -> Sequence[OutboxMessage]:
    session.rollback()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    session.expunge_all()
    session.rollback()
    return rows


def run(session_factory: sessionmaker[Session], *days: int) -> list[DunningReport]:
    return [run_dunning(session_factory, now=morning(day)) for day in days]
