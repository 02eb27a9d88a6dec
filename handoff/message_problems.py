"""Why a carrier did not take a message."""


class MessageNotTaken(Exception):
    """`code` says why, without any text of the message; `permanent`: trying again would change nothing."""

    permanent = False

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
