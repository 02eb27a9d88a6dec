"""What is exported and imported again is exported as the same files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from billing.db import make_engine, make_session_factory
from billing.demo_data import seed_demo
from billing.exchange import export_folder, import_folder
from billing.periods import BillingPeriod
from tests.databases import KINDS, of_kind

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def empty_factory(request: pytest.FixtureRequest):
    """Return sessions on a second database, empty, of either kind."""
    databases = of_kind(request.param)
    url = databases.create()
    engine = make_engine(url)
    yield make_session_factory(engine)
    engine.dispose()
    databases.drop(url)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_month_of_the_demo_survives_the_way_out_and_in_again(
    session_factory: sessionmaker[Session], empty_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    seed_demo(session_factory, until=BillingPeriod.month("2026-10"), months=1, now=NOW)
    export_folder(session_factory, tmp_path / "first")

    report = import_folder(empty_factory, tmp_path / "first", now=NOW)
    export_folder(empty_factory, tmp_path / "second")

    assert report.problems == ()
    assert report.rows["invoices"] > 250
    assert _files(tmp_path / "second") == _files(tmp_path / "first")
