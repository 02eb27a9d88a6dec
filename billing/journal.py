"""Books what happens to customers' money: double entry, append-only; balances are sums over the entries."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session


def post_invoices(session: Session, invoice_ids: Collection[UUID], *, now: datetime) -> None:
    """Book issued invoices: what is owed against revenue and tax."""
