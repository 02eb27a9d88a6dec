"""What became of a sent text message. Reports come late, twice and out of order: a later state is never taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from billing.db import insert_if_absent
from handoff.channels.twilio.carrier import OPTED_OUT
from handoff.channels.twilio.models import SmsDelivery
from handoff.channels.twilio.opt_outs import opt_out
from handoff.console.delivery import announce_delivery

RANKS: Mapping[str, int] = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "canceled": 4,
    "failed": 4,
    "undelivered": 4,
    "partially_delivered": 4,
    "delivered": 4,
    "read": 5,
}


@dataclass(frozen=True)
class DeliveryReport:
    """One report; a status that we do not know is no report."""

    provider_sid: str
    status: str
    error_code: str | None
    recipient: str

    @classmethod
    def find_in(cls, form: FormData) -> "DeliveryReport | None":
        sid, status = str(form.get("MessageSid", "")), str(form.get("MessageStatus", ""))
        if not sid or status not in RANKS:
            return None
        return cls(sid, status, str(form.get("ErrorCode", "")) or None, str(form.get("To", "")))


async def note_delivery(session: AsyncSession, report: DeliveryReport, *, now: datetime) -> None:
    values = {
        "provider_sid": report.provider_sid,
        "status": report.status,
        "error_code": report.error_code,
        "reported_at": now,
    }
    if not await session.run_sync(insert_if_absent, SmsDelivery, values):
        await _advance(session, report, now)
    await announce_delivery(session, report.provider_sid)
    if report.error_code == str(OPTED_OUT):
        await opt_out(session, report.recipient, now=now)


async def _advance(session: AsyncSession, report: DeliveryReport, now: datetime) -> None:
    wanted = select(SmsDelivery).where(SmsDelivery.provider_sid == report.provider_sid).with_for_update()
    delivery = (await session.scalars(wanted)).one()
    if RANKS[report.status] > RANKS[delivery.status]:
        delivery.status, delivery.error_code, delivery.reported_at = report.status, report.error_code, now
