"""Brings a folder of CSV files into the database: all of it is checked first, then all of it is written, or nothing."""

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from billing.db import READ_ONLY
from billing.exchange.checking import Checker, Paths, Tick
from billing.exchange.formats import BY_NAME, FILES
from billing.exchange.ids import load_ids
from billing.exchange.known import Known, load_known
from billing.exchange.problems import Problem, Problems
from billing.exchange.reading import Limits
from billing.exchange.writing import FilesChanged, Writer

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found. `rows`: by file, imported unless there are problems; `problems`: the first of `count`."""

    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    count: int
    warnings: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        return self.count == 0


@dataclass(slots=True)
class _Steps:
    """Tells how far the import is: every byte is read twice, to be checked and to be written."""

    paths: Paths
    progress: Progress
    _done: dict[str, int] = field(default_factory=dict)

    def of(self, offset: int) -> Tick:
        sizes = {name: path.stat().st_size for name, path in self.paths.items()}
        total = sum(sizes.values())

        def tick(name: str, done: int) -> None:
            self._done[name] = done
            finished = sum(min(self._done.get(other, 0), size) for other, size in sizes.items())
            self.progress(offset * total + finished, 2 * total)

        self._done.clear()
        return tick


def import_folder(
    session_factory: sessionmaker[Session],
    folder: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the folder, or only check it; `progress` gets (bytes done, bytes in all). Bad files never raise."""
    problems = Problems()
    paths = _find_files(folder, limits or Limits(), problems)
    if problems.count:
        return _report({}, problems)
    steps = _Steps(paths, progress or _no_progress)
    try:
        rows, known = _check(session_factory, paths, problems, now, steps.of(0))
        if problems.count == 0 and not dry_run:
            _write(session_factory, paths, known, now, steps.of(1))
    except OSError:
        problems.add("", 0, "", "file_unreadable")
        rows = {}
    except (FilesChanged, KeyError):
        problems.add("", 0, "", "files_changed")
    except (IntegrityError, DataError):
        problems.add("", 0, "", "database_changed")
    return _report(rows, problems)


def _report(rows: Mapping[str, int], problems: Problems) -> ImportReport:
    return ImportReport(rows, tuple(problems.kept), problems.count, tuple(problems.warnings))


def _no_progress(done: int, total: int) -> None:
    """Nobody watches."""


def _find_files(folder: Path, limits: Limits, problems: Problems) -> Paths:
    """Return the files to read, plain files of the folder itself; whatever else is there is no way out of it."""
    paths: Paths = {}
    if not folder.is_dir():
        problems.add(str(folder), 0, "", "folder_missing")
        return paths
    for format_ in FILES:
        path = folder / format_.file
        try:
            status = path.lstat()
        except FileNotFoundError:
            if format_.required:
                problems.add(format_.file, 0, "", "file_missing")
            continue
        if not stat.S_ISREG(status.st_mode):
            problems.add(format_.file, 0, "", "file_link")
        elif status.st_size > limits.file_bytes:
            problems.add(format_.file, 0, "", "file_too_large", size=status.st_size, most=limits.file_bytes)
        else:
            paths[format_.name] = path
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".csv" and path.stem not in BY_NAME:
            problems.warn(path.name, 0, "", "file_unknown")
    return paths


def _check(
    session_factory: sessionmaker[Session], paths: Paths, problems: Problems, now: datetime, tick: Tick
) -> tuple[Mapping[str, int], Known]:
    with session_factory() as session:
        session.connection(execution_options={READ_ONLY: True})
        known = load_known(session)
        checker = Checker(session, known, problems, now)
        checker.check(paths, tick)
    for country, line in known.missing_sellers.items():
        problems.warn("customers.csv", line, "country", "seller_made", country=country)
    for name in ("invoices", "credit_notes"):
        placed = sum(kind == name for kind, _ in known.places)
        if placed:
            problems.warn(f"{name}.csv", 0, "number", "numbers_placed", count=placed)
    return checker.rows, known


def _write(session_factory: sessionmaker[Session], paths: Paths, known: Known, now: datetime, tick: Tick) -> None:
    with session_factory.begin() as session:
        ids = load_ids(session, now)
        ids.places = known.places
        Writer(session, ids, paths, tick).write(known.missing_sellers)
