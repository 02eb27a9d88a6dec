"""Writes the database as a folder of CSV files, the same files that an import reads, in the order of their keys."""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from billing.db import READ_ONLY
from billing.errors import SaldoError
from billing.exchange.columns import FileFormat
from billing.exchange.formats import FILES
from billing.exchange.natural_names import Names
from billing.exchange.selects import SOURCES

Progress = Callable[[int, int], None]


class FolderInUse(SaldoError):
    """The folder holds something already, which an export would mix with or overwrite."""

    status = 409

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty")
        self.folder = folder


def export_folder(
    session_factory: sessionmaker[Session], folder: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> Mapping[str, int]:
    """Write all files from one moment of the database; return the rows by file. `progress`: (files done, in all)."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not overwrite)):
        raise FolderInUse(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    with session_factory() as session:
        _begin_snapshot(session)
        names = Names(session)
        for done, format_ in enumerate(FILES, 1):
            rows[format_.name] = _write(folder, format_, SOURCES[format_.name](session, names))
            if progress is not None:
                progress(done, len(FILES))
    return rows


def _begin_snapshot(session: Session) -> None:
    options: dict[str, object] = {READ_ONLY: True}
    if session.get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    session.connection(execution_options=options)


def _write(folder: Path, format_: FileFormat, rows: Iterator[Mapping[str, object]]) -> int:
    """Write one file beside its place and put it there when it is complete."""
    columns = format_.exported_columns
    target = folder / format_.file
    part = target.with_suffix(".csv.part")
    count = 0
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow(
                ["" if row[column.name] is None else column.cell.write(row[column.name]) for column in columns]
            )
            count += 1
    part.replace(target)
    return count
