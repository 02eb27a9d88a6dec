"""Files that are wrong end in a report that names file, line and field, with nothing written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.db import Base, make_session_factory
from billing.exchange import ImportReport, Limits, import_folder
from billing.exchange.known import Known
from tests.billing.exchange.example import NOW, copy_example, set_cell
from tests.billing.exchange.spoilt_files import CASES
from tests.databases import engine_of, of_kind

TABLES = [table for name, table in Base.metadata.tables.items() if name != "alembic_version"]


@pytest.fixture(scope="module")
def empty() -> Iterator[sessionmaker[Session]]:
    """Return one database for all cases: as none of them writes, it stays empty.

    What is wrong is found in the files; what PostgreSQL itself must refuse has tests of its own.
    """
    databases = of_kind("sqlite")
    url = databases.create()
    engine = engine_of(url)
    yield make_session_factory(engine)
    engine.dispose()
    databases.drop(url)


@pytest.mark.parametrize("case", CASES)
def test_one_wrong_thing_is_named_and_nothing_is_written(
    empty: sessionmaker[Session], tmp_path: Path, case: str
) -> None:
    spoil, file, line, field, code = CASES[case]
    files = copy_example(tmp_path)
    spoil(files)

    report = import_folder(empty, files, now=NOW)

    places = [(problem.file, problem.line, problem.field, problem.code) for problem in report.problems]
    assert (file, line, field, code) in places
    assert all(str(problem).endswith(".") and "{" not in problem.reason for problem in report.problems)
    assert not any(_count(empty).values())


def test_a_file_over_the_limit_is_not_even_opened(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    report = import_folder(session_factory, copy_example(tmp_path), now=NOW, limits=Limits(file_bytes=100))

    assert report.count > 3
    assert {problem.code for problem in report.problems} == {"file_too_large"}
    assert "at most 100 are read" in report.problems[0].reason


def test_a_folder_that_is_not_there_is_named(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    report = import_folder(session_factory, tmp_path / "nowhere", now=NOW)

    assert [problem.code for problem in report.problems] == ["folder_missing"]


def test_unknown_columns_and_files_are_left_out_with_a_warning(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    set_cell(files / "usage.csv", 2, "mood", "sunny")
    (files / "weather.csv").write_text("day,rain\n", encoding="utf-8")

    report = import_folder(session_factory, files, now=NOW)

    assert report.problems == ()
    assert [(warning.file, warning.field, warning.code) for warning in report.warnings] == [
        ("weather.csv", "", "file_unknown"),
        ("usage.csv", "mood", "column_unknown"),
    ]


def test_all_problems_are_told_at_once(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    files = copy_example(tmp_path)
    set_cell(files / "usage.csv", 2, "quantity", "-1")
    set_cell(files / "usage.csv", 3, "used_on", "tomorrow")
    set_cell(files / "payments.csv", 2, "amount", "free")

    report = import_folder(session_factory, files, now=NOW)

    assert [str(problem) for problem in report.problems] == [
        "usage.csv, line 2, quantity: -1 is negative.",
        "usage.csv, line 3, used_on: tomorrow is not a day; write it like 2026-10-31.",
        "payments.csv, line 2, amount: free is not an amount; write it like 39.99, with a dot and without a currency.",
    ]


def test_problems_in_one_file_are_not_repeated_by_all_that_refer_to_it(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    set_cell(files / "customers.csv", 2, "phone", "none")

    report = import_folder(session_factory, files, now=NOW)

    assert [problem.file for problem in report.problems] == ["customers.csv"]


def test_the_first_thousand_problems_are_shown_and_all_are_counted(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    rows = "".join(f"e-{number},C-1001,2026-10-01,-1,GB\n" for number in range(1_500))
    (files / "usage.csv").write_text(f"event_id,contract,used_on,quantity,unit\n{rows}", encoding="utf-8")

    report = import_folder(session_factory, files, now=NOW)

    assert (len(report.problems), report.count) == (1_000, 1_500)


def test_importing_twice_is_refused(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    files = copy_example(tmp_path)
    import_folder(session_factory, files, now=NOW)
    before = _count(session_factory)

    report = import_folder(session_factory, files, now=NOW)

    assert {"key_stored"} <= {problem.code for problem in report.problems}
    assert {problem.file for problem in report.problems if problem.code == "key_stored"} == {
        path.name for path in files.iterdir() if path.name not in {"line_items.csv"}
    }
    assert _count(session_factory) == before


def test_five_minutes_of_a_wrong_clock_are_let_pass(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    files = copy_example(tmp_path)
    set_cell(files / "usage.csv", 4, "received_at", "2026-11-21T09:05:00Z")

    assert _problems(session_factory, files).problems == ()


def test_what_a_rival_wrote_in_between_is_refused_by_the_database(
    session_factory: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = copy_example(tmp_path)
    usage = files / "usage.csv"
    usage.write_text(usage.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    import_folder(session_factory, files, now=NOW)
    before = _count(session_factory)
    # As if the check had looked before the first import was there.
    monkeypatch.setattr("billing.exchange.importing.load_known", lambda _session: Known())

    report = import_folder(session_factory, files, now=NOW)

    assert [problem.code for problem in report.problems] == ["database_changed"]
    assert _count(session_factory) == before


def _problems(session_factory: sessionmaker[Session], files: Path) -> ImportReport:
    return import_folder(session_factory, files, now=NOW)


def _count(session_factory: sessionmaker[Session]) -> dict[str, int]:
    with session_factory() as session:
        return {table.name: int(session.scalar(select(func.count()).select_from(table)) or 0) for table in TABLES}
