"""Why the board refuses."""

from handoff.errors import HandoffError


class EntryNotFound(HandoffError):
    status = 404


class AgentUnknown(HandoffError):
    status = 404


class UnknownNumber(HandoffError):
    status = 404


class ExportTooLong(HandoffError):
    """Nobody needs more days at once than a year has."""

    status = 422

    def __init__(self, days: int) -> None:
        super().__init__(f"more than {days} days")
        self.days = days
