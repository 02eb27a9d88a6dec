"""What agents' actions refuse, each with a sentence for the agent."""

from handoff.errors import HandoffError


class ActionNotPossible(HandoffError):
    """The account does not allow it; `reason` is the sentence that says why, in the agent's language."""

    status = 409

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


class CustomerNotVerified(HandoffError):
    """Nothing is done for somebody who has not proved who they are."""

    status = 403


class AmountChanged(HandoffError):
    """It would come to something else than what was shown. Both amounts are worded."""

    status = 409

    def __init__(self, shown: str, now: str) -> None:
        super().__init__(f"{now} instead of {shown}")
        self.shown = shown
        self.now = now


class AboveEveryLimit(HandoffError):
    """More than anybody may give this customer now, approved or not; `limit` is worded."""

    status = 409

    def __init__(self, limit: str) -> None:
        super().__init__(f"above {limit}")
        self.limit = limit


class OwnLimitChanged(HandoffError):
    """Somebody else has just given this customer something; `limit` is what may now be given alone, worded."""

    status = 409

    def __init__(self, limit: str) -> None:
        super().__init__(f"above {limit} by now")
        self.limit = limit


class AmountMissing(HandoffError):
    """This kind of action needs an amount above zero."""

    status = 422


class NoteMissing(HandoffError):
    """Why somebody is given money is written down."""

    status = 422


class RequestReused(HandoffError):
    """The id of a request belongs to another request already; nothing was done."""

    status = 409


class ApprovalNotFound(HandoffError):
    status = 404


class OwnApproval(HandoffError):
    """Who asked for an approval does not decide it."""

    status = 409


class ApprovalDecided(HandoffError):
    """Another supervisor was first; `name` is theirs."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__("decided already")
        self.name = name


class ApprovalExpired(HandoffError):
    """Nobody decided in time; the agent has to ask again."""

    status = 409
