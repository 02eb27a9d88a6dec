"""Alembic's entry: takes `connection` or `url` from the config's attributes and never from the environment."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, event

from billing import models  # noqa: F401 (registers billing's tables)
from billing.db import Base, make_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = make_engine(context.config.attributes["url"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _foreign_keys_off)
    with engine.begin() as own_connection:
        _migrate(own_connection)
    engine.dispose()


def _foreign_keys_off(dbapi_connection: Any, _record: object) -> None:  # Any: sqlite3's connection
    """Let a table be rebuilt that others point at; within a transaction it would be too late."""
    dbapi_connection.execute("PRAGMA foreign_keys = OFF")


_run()
