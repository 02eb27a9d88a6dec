"""How much one connection may say. Pure: time is a parameter."""

from datetime import datetime


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
