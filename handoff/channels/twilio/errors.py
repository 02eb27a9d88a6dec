"""What can be wrong with a request of Twilio."""

from billing.errors import SaldoError


class RequestNotSigned(SaldoError):
    """Nobody but Twilio may use these addresses; what is wrong with the request is not told."""

    status = 403
