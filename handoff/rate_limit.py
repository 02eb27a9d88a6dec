"""How much one connection, one conversation and one address may ask for. Pure: time is a parameter."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from handoff.errors import TooManyRequests


class TokenBucket:
    """Lets `burst` things through at once and `per_second` in the long run."""

    def __init__(self, burst: int, per_second: float, now: datetime) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = float(burst)
        self._counted_at = now

    def take(self, now: datetime) -> bool:
        elapsed = max(0.0, (now - self._counted_at).total_seconds())
        self._tokens = min(self._burst, self._tokens + elapsed * self._per_second)
        self._counted_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def seconds_to_next(self) -> int:
        return max(1, ceil((1 - self._tokens) / self._per_second))


@dataclass(frozen=True)
class Limit:
    """`burst` at once, one more after each `seconds`."""

    name: str
    burst: int
    seconds: float


# Behind one address may stand an office or a whole village: it must have room for them, and not for a flood.
OPENINGS: Final = Limit("openings", burst=100, seconds=5)
REQUESTS_OF_ADDRESS: Final = Limit("requests of address", burst=60, seconds=5)
REQUESTS_OF_CONVERSATION: Final = Limit("requests of conversation", burst=5, seconds=60)
FILES_OF_ADDRESS: Final = Limit("files of address", burst=100, seconds=2)
FILES_OF_CONVERSATION: Final = Limit("files of conversation", burst=20, seconds=10)
MOST_REMEMBERED: Final = 50_000


class RateLimits:
    """Remembers what was asked for lately; what was not asked for longest is forgotten first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._buckets: OrderedDict[tuple[Limit, Hashable], TokenBucket] = OrderedDict()

    def take(self, limit: Limit, whose: Hashable | None, now: datetime) -> None:
        """Count one, or raise TooManyRequests; None is somebody who cannot be told from others and is not limited."""
        if whose is None:
            return
        key = (limit, whose)
        bucket = self._buckets.pop(key, None) or TokenBucket(limit.burst, 1 / limit.seconds, now)
        self._buckets[key] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if not bucket.take(now):
            raise TooManyRequests(bucket.seconds_to_next())


def address_of(host: str | None) -> str | None:
    """Return who stands behind an address: of IPv6 the network that one customer has.

    None on this machine itself: there a proxy that names nobody hides everybody.
    """
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)
