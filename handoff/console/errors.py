"""What the desk refuses."""

from handoff.errors import HandoffError


class HeldByAnother(HandoffError):
    """Only the agent who holds a conversation may write to the customer; `owner` is their name."""

    status = 409

    def __init__(self, owner: str) -> None:
        super().__init__("held by another agent")
        self.owner = owner


class ColleagueUnavailable(HandoffError):
    """A conversation cannot be handed to this colleague: offline, away, full, or without the language."""

    status = 409

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"colleague is not available: {reason}")
        self.name = name
        self.reason = reason


class UnfilledPlaceholder(HandoffError):
    """The text still holds a placeholder of a canned reply; the customer must not read it."""

    status = 422

    def __init__(self, names: str) -> None:
        super().__init__(f"not filled in: {names}")
        self.names = names
