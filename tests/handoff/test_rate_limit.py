"""A bucket of tokens."""

from datetime import UTC, datetime, timedelta

from handoff.rate_limit import TokenBucket

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_a_bucket_allows_a_burst_and_then_a_rate():
    bucket = TokenBucket(3, 0.5, NOW)

    assert [bucket.take(NOW) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(NOW + timedelta(seconds=2)) for _ in range(2)] == [True, False]
    assert [bucket.take(NOW + timedelta(days=1)) for _ in range(4)] == [True, True, True, False]


def test_a_clock_set_back_gives_no_tokens():
    bucket = TokenBucket(1, 1, NOW)

    assert bucket.take(NOW)
    assert not bucket.take(NOW - timedelta(hours=1))
