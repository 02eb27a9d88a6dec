"""Whatever is done to sound files: the import never raises, and writes all of them or nothing."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.db import Base, make_session_factory
from billing.exchange import export_folder, import_folder
from billing.exchange.rows import MAKERS
from tests.billing.exchange.example import EXAMPLE, NOW, read_rows, write_rows
from tests.databases import engine_of, of_kind
from tests.effort import cases

NAMES = sorted(path.name for path in EXAMPLE.glob("*.csv"))
NASTY = (
    "", " ", "0", "-1", "-0.00", "1e12", "NaN", "Infinity", "99999999999999999999", "2147483648", "0.001", "1,5",
    "2026-02-30", "9999-12-31", "2199-12-31", "1900-01-01", "2026-10-01", "true", "TRUE", "EUR", "DE", "FI", "XX",
    "20000001", "C-1001", "R-2026-0001", "mobile_s", "{}", "[1]", '{"a":', "1:1;1:1", "'; DROP TABLE customer; --",
    "=1+1", "Ä" * 50, "\u202e", "a\nb", '"', "x" * 10_001, "𝟛", "null",
)  # fmt: skip

cells = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))


@settings(
    deadline=None, max_examples=cases(25, 80), suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow]
)
@given(data=st.data(), number=st.integers(1, 3))
def test_spoiled_files_are_imported_whole_or_not_at_all(data: st.DataObject, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        shutil.copytree(EXAMPLE, files)
        for _ in range(number):
            _spoil(files / data.draw(st.sampled_from(NAMES)), data)
        databases = of_kind("sqlite")
        url = databases.create()
        engine = engine_of(url)
        try:
            _import_all_or_nothing(make_session_factory(engine), files, Path(folder) / "out")
        finally:
            engine.dispose()
            databases.drop(url)


def _import_all_or_nothing(sessions: sessionmaker[Session], files: Path, out: Path) -> None:
    report = import_folder(sessions, files, now=NOW)
    with sessions() as session:
        counts = {
            table.name: int(session.scalar(select(func.count()).select_from(table)) or 0)
            for table in Base.metadata.sorted_tables
        }
    if report.is_clean:
        for name in set(report.rows) - {"sellers"}:
            if name in MAKERS:
                assert counts[MAKERS[name][0].__tablename__] >= report.rows[name]
        assert counts["line_item"] == report.rows["line_items"]
        export_folder(sessions, out)
    else:
        assert not any(counts.values())
        assert all(str(problem) for problem in report.problems)


def _spoil(path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["cell", "cell", "cell", "drop", "repeat", "swap", "shorten", "bytes"]))
    if kind == "bytes" or not path.read_bytes():
        _spoil_bytes(path, data)
        return
    try:
        rows = read_rows(path)
    except (UnicodeDecodeError, ValueError):
        return
    if not rows:
        return
    line = data.draw(st.integers(0, len(rows) - 1))
    row = rows[line]
    if kind == "cell" and row:
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(cells)
    elif kind == "drop":
        rows.pop(line)
    elif kind == "repeat":
        rows.append(list(row))
    elif kind == "swap":
        row.reverse()
    elif kind == "shorten" and row:
        row.pop()
    # What no UTF-8 file can hold comes as bytes instead.
    try:
        write_rows(path, rows)
    except UnicodeEncodeError:
        _spoil_bytes(path, data)


def _spoil_bytes(path: Path, data: st.DataObject) -> None:
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 20]))
    path.write_bytes(content[:at] + data.draw(st.binary(max_size=6)) + content[at + length :])
