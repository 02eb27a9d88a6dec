"""What Saldo remembers of its traffic with Twilio: keys that make things happen once, and what became of them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class SmsReceipt(Base):
    """A text message that has arrived; Twilio may deliver it again, Saldo takes it once."""

    __tablename__ = "sms_receipt"

    message_sid: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]


class SmsOptOut(Base):
    """A phone that asked for no more text messages; nothing is sent there until it asks again."""

    __tablename__ = "sms_opt_out"

    address: Mapped[str] = mapped_column(primary_key=True)
    opted_out_at: Mapped[datetime]


class SmsDelivery(Base):
    """How far a sent text message has got, by Twilio's reports, which come late, twice and out of order."""

    __tablename__ = "sms_delivery"

    provider_sid: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    error_code: Mapped[str | None]
    reported_at: Mapped[datetime]


class VoiceCall(Base):
    """A phone call that Twilio has announced and the conversation that its socket opens with a token used once."""

    __tablename__ = "voice_call"
    __table_args__ = (CheckConstraint("reconnects >= 0", name="reconnects_not_negative"),)

    call_sid: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_expires_at: Mapped[datetime]
    token_used_at: Mapped[datetime | None]
    conversation_id: Mapped[UUID | None]
    reconnects: Mapped[int] = mapped_column(default=0)


class VoiceInterruption(Base):
    """The caller spoke while we did: how much of the message had been heard, in characters and milliseconds."""

    __tablename__ = "voice_interruption"
    interruption_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(index=True)
    after_seq: Mapped[int]
    heard_characters: Mapped[int]
    heard_milliseconds: Mapped[int]
    interrupted_at: Mapped[datetime]
