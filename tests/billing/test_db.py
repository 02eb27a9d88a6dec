"""Instants stay instants, and SQLite's writers queue instead of failing."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from billing.db import READ_ONLY, configure_sqlite, insert_if_absent, make_engine
from billing.models import Customer, InvoiceSeries
from tests.factories.billing import make_customer, make_seller


def test_an_instant_comes_back_in_utc(session: Session) -> None:
    customer = make_customer(session)
    customer.created_at = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    session.commit()
    session.expire_all()

    loaded = session.get_one(Customer, customer.id).created_at

    assert loaded == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert loaded.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    customer = make_customer(session)
    session.commit()
    customer.created_at = datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001 (the mistake under test)

    with pytest.raises(StatementError):
        session.commit()

    session.rollback()
    assert session.get_one(Customer, customer.id).created_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_a_row_is_inserted_once(session: Session) -> None:
    key = {"seller_id": make_seller(session).id, "year": 2026}

    assert insert_if_absent(session, InvoiceSeries, {**key, "last_sequence": 4})
    assert not insert_if_absent(session, InvoiceSeries, {**key, "last_sequence": 9})

    assert session.get_one(InvoiceSeries, (key["seller_id"], 2026)).last_sequence == 4


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Engine:
    return make_engine(f"sqlite:///{tmp_path}/saldo.db")


def test_sqlite_is_set_up_for_several_processes(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        values = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "recursive_triggers")
        }

    sqlite_engine.dispose()
    assert values == {"journal_mode": "wal", "busy_timeout": 5000, "foreign_keys": 1, "recursive_triggers": 1}


def test_a_transaction_takes_the_write_lock_when_it_begins(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as first, sqlite_engine.connect() as second:
        second.exec_driver_sql("PRAGMA busy_timeout = 0")
        second.rollback()
        first.execute(text("SELECT 1"))

        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("SELECT 1"))
    sqlite_engine.dispose()


def test_a_read_only_transaction_reads_beside_a_writer(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as writer, sqlite_engine.connect().execution_options(**{READ_ONLY: True}) as reader:
        writer.execute(text("CREATE TABLE note (id INTEGER)"))

        assert reader.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one() == 0
    sqlite_engine.dispose()


async def test_an_async_engine_is_configured_the_same_way(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/saldo.db")
    configure_sqlite(engine.sync_engine)

    async with engine.begin() as first:
        mode = (await first.execute(text("PRAGMA journal_mode"))).scalar_one()
        async with engine.connect() as connection:
            second = await connection.execution_options(**{READ_ONLY: True})
            await second.exec_driver_sql("PRAGMA busy_timeout = 0")
            await second.rollback()
            await second.execution_options(**{READ_ONLY: False})
            with pytest.raises(OperationalError, match="locked"):
                await second.execute(text("SELECT 1"))
    await engine.dispose()

    assert mode == "wal"
