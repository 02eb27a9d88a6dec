"""Sends documents to customers, by way of the outbox and to the registered address only."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session


def enqueue_invoices(session: Session, invoice_ids: Collection[UUID], *, now: datetime) -> None:
    """Queue issued invoices for delivery."""
