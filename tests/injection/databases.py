"""A throw-away SQLite database, migrated and then stripped of the triggers that guard issued documents."""

import sqlite3
from pathlib import Path

from billing import migrations


def make_database(path: Path) -> sqlite3.Connection:
    migrations.upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("BEGIN")
    return connection
