"""The demo's database, seeded once for all workers of a test run and copied: billing its 13 months takes a while."""

from datetime import UTC, datetime
from fcntl import LOCK_EX, flock

import pytest

from billing import migrations
from billing.db import make_session_factory
from billing.demo_data import seed_demo
from billing.periods import BillingPeriod
from tests.databases import engine_of

UNTIL = BillingPeriod.month("2026-10")
SEEDED_AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """Where the demo is on SQLite: a template for `Databases.create`, which no test changes."""
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    url = f"sqlite:///{folder / 'demo.db'}"
    with (folder / "demo.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        migrations.upgrade(url)
        engine = engine_of(url)
        seed_demo(make_session_factory(engine), until=UNTIL, now=SEEDED_AT)  # does nothing where it is already
        engine.dispose()
    return url
