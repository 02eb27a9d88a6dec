"""Why a callback cannot be promised."""

from handoff.errors import HandoffError


class CallbackNotPossible(HandoffError):
    """Somebody is in the conversation already, or it is not waiting for anybody."""

    status = 409


class PhoneNotConfirmed(HandoffError):
    """We call the number of the account only, and only when the customer has shown that it is theirs."""

    status = 409


class SlotNotOpen(HandoffError):
    """We are closed at that time, or it is past or too far away."""

    status = 422


class CallbackNotFound(HandoffError):
    status = 404


class CallOutcomeMissing(HandoffError):
    """The agent ends a conversation and has not said whether the customer was reached."""

    status = 409
