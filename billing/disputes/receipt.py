"""The day from which the time to object counts: that on which the customer has the bill."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage

# A bill on paper takes its days by post, and nobody books when it arrived. No law sets a number for this: German tax
# law presumes four days for letters (§ 122 (2) AO), so we count as many, in favour of the customer.
POSTAL_DAYS = timedelta(days=4)


def received_on(session: Session, invoice: Invoice, zone: ZoneInfo, *, now: datetime) -> date:
    """Return the day on which the bill was sent by e-mail, or arrives by post; never before it was issued.

    A letter that waits to be sent, or could not be, has not been received by now.
    """
    email, message, sent_at = session.execute(
        select(Customer.email, OutboxMessage.id, OutboxMessage.sent_at)
        .outerjoin(OutboxMessage, OutboxMessage.dedupe_key == f"invoice:{invoice.id}")
        .where(Customer.id == invoice.customer_id)
    ).one()
    if message is None:
        # Nothing was queued: a bill on paper, or one that was imported and sent by others.
        return invoice.issued_on if email is not None else invoice.issued_on + POSTAL_DAYS
    instant: datetime = now if sent_at is None else sent_at
    return max(invoice.issued_on, instant.astimezone(zone).date())
