"""One database and one engine of each kind for a whole test run, emptied before each test."""

import shutil
from functools import cache
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.db import Base
from handoff.db import make_async_engine
from tests.databases import of_kind


class SharedDatabase(Protocol):
    url: str

    def clear(self) -> None:
        """Bring it back to what the migrations made; nobody may be connected."""
        ...


class SqliteFile:
    def __init__(self) -> None:
        databases = of_kind("sqlite")
        self.url = databases.create()
        self._empty = databases.create()

    def clear(self) -> None:
        path = make_url(self.url).database or ""
        for suffix in ("-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        shutil.copyfile(make_url(self._empty).database or "", path)


class PostgresqlDatabase:
    def __init__(self) -> None:
        self.url = of_kind("postgresql").create()
        self._engine = create_engine(self.url)

    def clear(self) -> None:
        # A few rows are deleted faster than so many files are truncated.
        deletes = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)
        with self._engine.begin() as connection:
            # Without this the database refuses, as it must, to forget issued invoices.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.exec_driver_sql(deletes)
        self._engine.dispose()


@cache
def shared_database(kind: str) -> SharedDatabase:
    return SqliteFile() if kind == "sqlite" else PostgresqlDatabase()


@cache
def shared_engine(url: str) -> AsyncEngine:
    return make_async_engine(url)
