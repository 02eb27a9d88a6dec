from handoff.errors import HandoffError


class PushNotOffered(HandoffError):
    """This installation has no key to send push messages with, or the address is not that of a known push service."""

    status = 409
