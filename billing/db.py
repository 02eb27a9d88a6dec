"""Declarative base, column types and engines for SQLite and PostgreSQL; handoff's tables use the same base."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

READ_ONLY = "saldo_read_only"
BUSY_TIMEOUT_MS = 5000

# Any: a JSON document read from the database has no static shape.
JsonObject = dict[str, Any]
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class NaiveInstant(ValueError):
    """An instant without a time zone is a bug at the caller; it is never guessed."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored and returned in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstant(value)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(choices: type[StrEnum]) -> list[str]:
    return [choice.value for choice in choices]


EnumText = Enum(StrEnum, native_enum=False, create_constraint=True, length=32, values_callable=_values)


class Base(DeclarativeBase):
    """The one registry of tables, billing's and handoff's. A StrEnum column is text with a CHECK."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime(), JsonObject: Json, StrEnum: EnumText}  # noqa: RUF012 (SQLAlchemy's own attribute)


def make_engine(url: str) -> Engine:
    """Return an engine; one on SQLite is already configured."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    return engine


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def configure_sqlite(engine: Engine) -> None:
    """Let writers queue instead of fail: WAL, and the write lock taken when a transaction begins.

    Works on an AsyncEngine's `sync_engine` too. A connection with the option `saldo_read_only` begins without the lock,
    and takes it at its first write; that fails with `is_busy` when somebody wrote since it began.
    """
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(dbapi_connection: Any, _record: object) -> None:  # Any: sqlite3's or aiosqlite's connection
    # None: the driver must not begin transactions of its own; the "begin" event does.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # The time-out first: switching to WAL itself may have to wait for another process.
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Else INSERT OR REPLACE deletes rows without asking the triggers that guard issued invoices.
    cursor.execute("PRAGMA recursive_triggers = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def is_busy(error: OperationalError) -> bool:
    """Whether SQLite refused a write because somebody else holds the lock, or wrote since this transaction began."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def insert_if_absent(session: Session, model: type[Base], values: Mapping[str, object]) -> bool:
    """Insert a row unless a unique key forbids it; on PostgreSQL wait for a rival's transaction first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(*model.__table__.primary_key)
    return session.execute(statement).first() is not None


def insert_all_if_absent(session: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows at once, leaving out those that a unique key forbids."""
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(model).on_conflict_do_nothing(), [dict(row) for row in rows])
