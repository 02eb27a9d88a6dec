"""What is exported and imported again is exported as the same files."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.db import make_session_factory
from billing.demo_data import seed_demo
from billing.exchange import FolderInUse, export_folder, import_folder
from billing.ledger.journal import account_balances
from billing.models.customer import Customer
from billing.models.human_task import HumanTask
from billing.models.invoice import Invoice
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.billing.exchange.everything import write_everything
from tests.billing.exchange.example import EXAMPLE, NOW
from tests.databases import engine_of, of_kind

LATER = datetime(2027, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def empty_factory(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Return sessions on a second database, empty, of the other kind."""
    databases = of_kind("postgresql" if database_url.startswith("sqlite") else "sqlite")
    url = databases.create()
    engine = engine_of(url)
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


def test_everything_survives_the_way_out_and_in_again(
    session_factory: sessionmaker[Session], empty_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    write_everything(session_factory)
    rows = export_folder(session_factory, tmp_path / "first")

    report = import_folder(empty_factory, tmp_path / "first", now=LATER)
    export_folder(empty_factory, tmp_path / "second")

    assert [name for name, count in rows.items() if count == 0] == []
    assert [str(problem) for problem in report.problems] == []
    assert _files(tmp_path / "second") == _files(tmp_path / "first")


def test_what_customers_owe_and_may_use_is_the_same_afterwards(
    session_factory: sessionmaker[Session], empty_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    write_everything(session_factory)
    export_folder(session_factory, tmp_path / "files")
    import_folder(empty_factory, tmp_path / "files", now=LATER)

    accounts = _accounts(empty_factory)
    assert accounts == _accounts(session_factory)
    # 40.00 came for 34.43; of the 5.57 one euro went back and 1.02 is set aside.
    assert (accounts["20000002"]["customer_credit"], accounts["20000002"]["bank"]) == (-355, 3900)
    with empty_factory() as session:
        assert [task.facts["amount_minor"] for task in session.scalars(select(HumanTask))] == [102]


def test_the_billing_run_goes_on_after_what_was_imported(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    october = run_billing(session_factory, BillingPeriod.month("2026-10"), now=NOW)
    november = run_billing(session_factory, BillingPeriod.month("2026-11"), now=datetime(2026, 12, 1, 9, tzinfo=UTC))

    assert (october.issued, november.issued) == (0, 2)
    with session_factory() as session:
        numbers = session.scalars(select(Invoice.number).where(Invoice.period_start == date(2026, 11, 1))).all()
    assert sorted(numbers) == ["DE-2026-000003", "FI-2026-000004"]


def test_a_folder_that_is_not_empty_is_left_alone_unless_told(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderInUse):
        export_folder(session_factory, tmp_path)
    export_folder(session_factory, tmp_path, overwrite=True)

    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "customers.csv").exists()


def _accounts(session_factory: sessionmaker[Session]) -> dict[str, dict[str, int]]:
    with session_factory() as session:
        return {
            customer.number: {
                account.value: money.minor for account, money in account_balances(session, customer.id).items()
            }
            for customer in session.scalars(select(Customer))
        }
