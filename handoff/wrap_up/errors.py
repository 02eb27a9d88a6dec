"""Why a wrap-up cannot be finished."""

from handoff.errors import HandoffError


class WrapUpNotFound(HandoffError):
    """There is no wrap-up of this agent in this conversation."""

    status = 404


class WrapUpFinished(HandoffError):
    """It was finished before with other words; those stay."""

    status = 409


class CustomerIsBack(HandoffError):
    """The customer has written again, so the conversation goes on and there is nothing to wrap up yet."""

    status = 409
