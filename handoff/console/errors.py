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


class FileTooBig(HandoffError):
    status = 413

    def __init__(self, limit_megabytes: int) -> None:
        super().__init__(f"bigger than {limit_megabytes} MB")
        self.limit_megabytes = limit_megabytes


class FileTooSlow(HandoffError):
    """It did not arrive within the time that a place for it is kept."""

    status = 408


class FileKindRefused(HandoffError):
    """By its content the file is neither a picture nor a PDF that we take."""

    status = 415


class TooManyFiles(HandoffError):
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} files")
        self.limit = limit


class FilesNeedPerson(HandoffError):
    """The assistant reads no files; they can be sent as soon as a person was asked for."""

    status = 409


class FilesNeedChat(HandoffError):
    """A file cannot be sent to a phone."""

    status = 409
