"""Imports a million rows of usage, and exports them again: rows per second and peak memory.

    python -m tests.bench.exchange [ROWS] [DATABASE_URL]

Writes into a folder of its own. Without a URL the database is a new SQLite file there.
"""

import csv
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from billing import migrations
from billing.db import make_engine, make_session_factory
from billing.exchange import export_folder, import_folder

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "import-example"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROWS = 1_000_000
CONTRACTS = 2_000
Result = TypeVar("Result")


def main(rows: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="saldo-exchange-") as folder:
        files = Path(folder) / "files"
        shutil.copytree(EXAMPLE, files)
        _write_usage(files, rows)
        size = (files / "usage.csv").stat().st_size / 1_000_000
        url = url or f"sqlite:///{folder}/saldo.db"
        migrations.upgrade(url)
        engine = make_engine(url)
        sessions = make_session_factory(engine)
        print(f"{rows} rows of usage, {size:.0f} MB, {engine.dialect.name}; {_peak():.0f} MB before")
        report = _timed("checked", rows, lambda: import_folder(sessions, files, now=NOW, dry_run=True))
        report = _timed("checked and imported", rows, lambda: import_folder(sessions, files, now=NOW))
        assert report.is_clean, report.problems[:3]
        _timed("exported", rows, lambda: export_folder(sessions, Path(folder) / "out"))
        engine.dispose()


def _write_usage(files: Path, rows: int) -> None:
    with (files / "contracts.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number in range(CONTRACTS):
            writer.writerow([f"B-{number}", "20000001", "mobile_s", "2025-09-01", "", "", ""])
    with (files / "usage.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number in range(rows):
            day = date(2025, 10, 1) + timedelta(days=number % 400)
            writer.writerow(
                [f"meter-{number:09}-{number * 7919:012}", f"B-{number % CONTRACTS}", day, number % 9, "GB"]
            )


def _timed(what: str, rows: int, step: Callable[[], Result]) -> Result:
    started, busy = time.perf_counter(), time.process_time()
    result = step()
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    speed = f"{rows / seconds:,.0f} rows/s ({rows / busy:,.0f} a second of one core)"
    print(f"{what}: {seconds:.1f} s, {speed}, peak memory {_peak():.0f} MB", flush=True)
    return result


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2] if len(sys.argv) > 2 else None)
