"""Who takes a text message from the outbox to a phone: a carrier, or in the demo a phone shown on the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing.outbox import OutboxMessage
from handoff.message_problems import MessageNotTaken


@dataclass(frozen=True)
class Sms:
    """One text message as it leaves the outbox."""

    recipient: str
    body: str
    queued_at: datetime
    valid_until: datetime | None

    @classmethod
    def from_outbox(cls, message: OutboxMessage) -> "Sms":
        return cls(message.recipient, message.body, message.created_at, message.expires_at)


class SmsNotTaken(MessageNotTaken):
    """The carrier did not take the text message."""


class SmsRefused(SmsNotTaken):
    """Trying again would change nothing: a wrong number, a landline, a country that is not allowed."""

    permanent = True


class RecipientOptedOut(SmsRefused):
    """The owner of the phone has told the carrier that no more messages are wanted."""


class SmsCarrier(Protocol):
    """Raises SmsNotTaken or one of its kinds when the message was not taken."""

    async def send(self, sms: Sms, *, now: datetime) -> str | None:
        """Hand the message over and return the carrier's id for it."""

    async def list_sent(self, sms: Sms) -> list[str]:
        """Return the ids of messages alike that the carrier has taken since this one was queued."""


class DemoPhone:
    """Takes everything: the demo's page shows what the outbox has sent."""

    async def send(self, sms: Sms, *, now: datetime) -> str | None:
        return None

    async def list_sent(self, sms: Sms) -> list[str]:
        return []
