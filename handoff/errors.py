"""Errors that handoff tells people about, and the one place that turns them into HTTP or a socket frame."""

from datetime import datetime
from uuid import UUID

from billing.db import JsonObject
from billing.errors import SaldoError
from handoff.texts import server_texts


class HandoffError(SaldoError):
    """Public attributes are the facts; they may be shown to whoever asked."""


class NotFound(HandoffError):
    status = 404


class MethodNotAllowed(HandoffError):
    status = 405


class InternalError(HandoffError):
    """Something broke on our side; the log knows what."""

    status = 500


class ConversationNotFound(HandoffError):
    status = 404


class OfferNotFound(HandoffError):
    status = 404


class NotSignedIn(HandoffError):
    status = 401


class WrongLogin(HandoffError):
    """Says neither whether the address nor whether the password was wrong."""

    status = 401


class TooManyLogins(HandoffError):
    status = 429

    def __init__(self, minutes: int) -> None:
        super().__init__()
        self.minutes = minutes


class AgentExists(HandoffError):
    status = 409


class OriginRefused(HandoffError):
    status = 403


class NotJson(HandoffError):
    status = 415


class InvalidRequest(HandoffError):
    status = 422


class InvalidFrame(HandoffError):
    status = 400


class EmptyMessage(HandoffError):
    status = 422


class MessageTooLong(HandoffError):
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(f"longer than {limit}")
        self.limit = limit


class TooManyMessages(HandoffError):
    status = 429


class TooManyRequests(HandoffError):
    """More than one address or one conversation may ask for; try again after so many seconds."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class UnknownButton(HandoffError):
    status = 404


class ConversationClosed(HandoffError):
    status = 409


class NotYourConversation(HandoffError):
    """The agent may read the conversation but it is not (or no longer) theirs to answer."""

    status = 409


class ConversationsHeld(HandoffError):
    """The agent signs out while customers still wait for their answers."""

    status = 409

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} conversations are active")
        self.count = count


class OfferExpired(HandoffError):
    """The agent answered after the offer had gone back to the queue."""

    status = 409

    def __init__(self, offer_id: UUID, expired_at: datetime) -> None:
        super().__init__(f"offer {offer_id} expired at {expired_at:%H:%M:%S}")
        self.offer_id = offer_id
        self.expired_at = expired_at


class OfferWithdrawn(HandoffError):
    """The offer ended before the agent answered: declined, or the customer or agent had left."""

    status = 409

    def __init__(self, offer_id: UUID) -> None:
        super().__init__(f"offer {offer_id} was withdrawn")
        self.offer_id = offer_id


class IllegalMove(HandoffError):
    """A conversation cannot go from `actual` to `wanted`."""

    status = 409

    def __init__(self, actual: str, wanted: str) -> None:
        super().__init__(f"a conversation that is {actual} cannot become {wanted}")
        self.actual = actual
        self.wanted = wanted


class WebNotBuilt(HandoffError):
    status = 503


def error_body(error: SaldoError, language: str) -> JsonObject:
    """Word the error for its reader; an error without a sentence of its own gets the general one."""
    name = type(error).__name__
    facts = {key: _plain(value) for key, value in vars(error).items()} if isinstance(error, HandoffError) else {}
    texts = server_texts()
    key = f"error.{name}"
    known_keys = texts.keys()
    if key not in known_keys:
        return {"error": name, "text": texts.text("error.InternalError", language)}
    return {"error": name, "text": texts.text(key, language, **facts), **facts}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (int, str)) else str(value)
