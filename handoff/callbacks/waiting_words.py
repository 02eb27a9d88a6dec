"""What a customer who begins to wait is told in words: on the website a card shows the rest, elsewhere it is said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from handoff.conversations.models import Channel, Conversation
from handoff.routing.models import EntryKind, QueueEntry
from handoff.routing.queues import WEEKDAYS
from handoff.texts import server_texts

# A phone tells where its owner probably is; who is elsewhere reads the zone's own time and is not late by more than it.
_ZONES_BY_PREFIX = {"+358": "Europe/Helsinki", "+49": "Europe/Berlin", "+44": "Europe/London"}


def first_words(conversation: Conversation, entry: QueueEntry, opens_at: datetime | None, zone: str) -> str:
    """Word the beginning of the wait; `opens_at` while the queue is closed, `zone` where the queue is."""
    texts, language, channel = server_texts(), conversation.language, conversation.channel
    if opens_at is not None:
        if channel is Channel.WEBCHAT:
            return texts.text("wait.closed_webchat", language)
        moment = local_moment(opens_at, zone_of(conversation.address, zone), language)
        is_withheld = channel is Channel.VOICE and conversation.address is None
        key = f"wait.closed_{channel}{'_withheld' if is_withheld else ''}"
        return texts.text(key, language, opens=moment)
    if channel is Channel.WEBCHAT:
        return texts.text("wait.open_webchat", language)
    how_long = texts.text(f"wait.range_{entry.announced_bucket or 'unknown'}", language)
    position = entry.announced_position
    return texts.text(f"wait.open_{channel}", language, position=position, how_long=how_long)


def offer_words(conversation: Conversation, entry: QueueEntry, now: datetime) -> str | None:
    """Word the offer of a callback where there are no buttons; None where it is shown or agreed already."""
    is_later = entry.not_before is not None and entry.not_before > now
    cannot = conversation.channel is Channel.WEBCHAT or conversation.address is None
    if cannot or entry.kind is EntryKind.CALLBACK or is_later:
        return None
    return server_texts().text(f"callback.offer_{conversation.channel}", conversation.language)


def zone_of(phone: str | None, otherwise: str) -> str:
    """Return the customer's zone as far as a phone number tells it."""
    known = (zone for prefix, zone in _ZONES_BY_PREFIX.items() if phone and phone.startswith(prefix))
    return next(known, otherwise)


def local_moment(moment: datetime, zone: str, language: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    texts = server_texts()
    weekday = texts.text(f"weekday.{WEEKDAYS[local.weekday()]}", language)
    return texts.text(
        "wait.moment",
        language,
        weekday=weekday,
        day=local.day,
        month=texts.text(f"month.{local.month}", language),
        hour=local.hour,
        minute=f"{local.minute:02}",
    )
