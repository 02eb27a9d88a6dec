"""Files that are wrong end in a report that names file, line and field, with nothing written."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.db import Base, make_session_factory
from billing.exchange import ImportReport, Limits, import_folder
from billing.exchange.known import Known
from tests.billing.exchange.example import NOW, append_row, change_rows, copy_example, set_cell
from tests.databases import KINDS, engine_of, of_kind

Spoil = Callable[[Path], None]
TABLES = [table for name, table in Base.metadata.tables.items() if name != "alembic_version"]


def _cell(file: str, line: int, column: str, text: str) -> Spoil:
    return lambda files: set_cell(files / file, line, column, text)


def _row(file: str, **cells: str) -> Spoil:
    return lambda files: append_row(files / file, **cells)


def _bytes(file: str, change: Callable[[bytes], bytes]) -> Spoil:
    return lambda files: _rewrite(files / file, change)


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def _without_column(file: str, column: str) -> Spoil:
    def change(rows: list[list[str]]) -> list[list[str]]:
        at = rows[0].index(column)
        return [[*row[:at], *row[at + 1 :]] for row in rows]

    return lambda files: change_rows(files / file, change)


def _link(files: Path) -> None:
    outside = files.parent / "usage.csv"
    (files / "usage.csv").rename(outside)
    (files / "usage.csv").symlink_to(outside)


def _folder_for_file(files: Path) -> None:
    (files / "payments.csv").unlink()
    (files / "payments.csv").mkdir()


def _file(name: str, *rows: str) -> Spoil:
    return lambda files: _write(files / name, rows)


def _both(*spoils: Spoil) -> Spoil:
    def spoil_all(files: Path) -> None:
        for spoil in spoils:
            spoil(files)

    return spoil_all


def _write(path: Path, rows: Sequence[str]) -> None:
    path.write_text("\n".join((*rows, "")), encoding="utf-8")


ALLOCATIONS = "payment,credit_note,invoice,amount,allocated_on"
NOTES = "number,invoice,reason,issued_on,total,to_credit"
NOTE = _file("credit_notes.csv", NOTES, "CN-1,R-2026-0001,correction,2026-10-20,2.00,1.00")
NOTE_LINES = "credit_note,position,invoice_position,amount"
PHASES = b"contract,plan,valid_from,valid_to\n"
CASES: dict[str, tuple[Spoil, str, int, str, str]] = {
    "a missing file": (lambda files: (files / "payments.csv").unlink(), "payments.csv", 0, "", "file_missing"),
    "a link": (_link, "usage.csv", 0, "", "file_link"),
    "a folder": (_folder_for_file, "payments.csv", 0, "", "file_link"),
    "an empty file": (_bytes("usage.csv", lambda _: b""), "usage.csv", 0, "", "empty_file"),
    "a missing column": (_without_column("usage.csv", "quantity"), "usage.csv", 1, "quantity", "column_missing"),
    "a missing name": (_without_column("promotions.csv", "name"), "promotions.csv", 1, "name", "column_missing"),
    "a column twice": (
        _bytes("usage.csv", lambda content: content.replace(b"unit", b"quantity", 1)),
        "usage.csv", 1, "quantity", "column_twice",
    ),
    "semicolons": (
        _bytes("usage.csv", lambda content: content.replace(b",", b";")), "usage.csv", 1, "", "semicolons"
    ),
    "UTF-16": (
        _bytes("customers.csv", lambda content: content.decode().encode("utf-16")), "customers.csv", 0, "", "utf_16"
    ),
    "Latin-1": (
        _bytes("customers.csv", lambda content: content.decode().encode("latin-1")),
        "customers.csv", 2, "", "not_utf_8",
    ),
    "a NUL byte": (
        _bytes("usage.csv", lambda content: content.replace(b"u-2", b"u\0-2")), "usage.csv", 3, "", "nul_byte"
    ),
    "an unclosed quote": (
        _bytes("usage.csv", lambda content: content.replace(b"u-2", b'"u-2')), "usage.csv", 3, "", "quote_open"
    ),
    "a stray quote": (
        _bytes("usage.csv", lambda content: content.replace(b"u-2", b'"u"-2')), "usage.csv", 3, "", "not_csv"
    ),
    "a line without an end": (
        _bytes("usage.csv", lambda content: content + b"x" * 200_000), "usage.csv", 5, "", "line_too_long"
    ),
    "too many fields": (
        _bytes("usage.csv", lambda content: content.replace(b"8,GB", b"8,GB,9")), "usage.csv", 2, "", "too_many_fields"
    ),
    "too few fields": (
        _bytes("usage.csv", lambda content: content.replace(b"8,GB", b"8")), "usage.csv", 2, "", "too_few_fields"
    ),
    "an empty field": (_cell("usage.csv", 2, "contract", ""), "usage.csv", 2, "contract", "empty"),
    "an unknown currency": (
        _cell("price_versions.csv", 2, "currency", "DEM"), "price_versions.csv", 2, "currency", "currency_unknown"
    ),
    "a second currency": (_cell("payments.csv", 2, "currency", "SEK"), "payments.csv", 2, "currency", "currency_mixed"),
    "overlapping prices": (
        _cell("price_versions.csv", 3, "valid_to", "2026-11-02"),
        "price_versions.csv", 4, "valid_from", "prices_overlap",
    ),
    "two open prices": (
        _cell("price_versions.csv", 3, "valid_to", ""), "price_versions.csv", 4, "valid_from", "prices_overlap"
    ),
    "two plans on one day": (
        lambda files: (files / "contract_phases.csv").write_bytes(
            PHASES + b"C-1001,mobile_s,2025-09-01,2026-01-02\nC-1001,home_250,2026-01-01,\n"
        ),
        "contract_phases.csv", 3, "valid_from", "phases_overlap",
    ),
    "a contract without a plan": (
        _cell("contracts.csv", 2, "plan", ""), "contracts.csv", 2, "plan", "contract_without_plan"
    ),
    "usage in the future": (_cell("usage.csv", 4, "used_on", "2026-11-22"), "usage.csv", 4, "used_on", "in_future"),
    "usage received in the future": (
        _cell("usage.csv", 4, "received_at", "2026-11-21T09:05:01Z"), "usage.csv", 4, "received_at", "in_future"
    ),
    "a negative quantity": (_cell("usage.csv", 2, "quantity", "-1"), "usage.csv", 2, "quantity", "negative"),
    "NaN": (_cell("usage.csv", 2, "quantity", "NaN"), "usage.csv", 2, "quantity", "not_whole"),
    "1e12": (_cell("usage.csv", 2, "quantity", "1e12"), "usage.csv", 2, "quantity", "not_whole"),
    "a million millions": (_cell("usage.csv", 2, "quantity", "1" + "0" * 12), "usage.csv", 2, "quantity", "too_large"),
    "half a unit": (_cell("usage.csv", 2, "quantity", "0.5"), "usage.csv", 2, "quantity", "not_whole"),
    "digits of another script": (_cell("usage.csv", 2, "quantity", "٣"), "usage.csv", 2, "quantity", "not_whole"),
    "an event twice": (_cell("usage.csv", 4, "event_id", "u-1"), "usage.csv", 4, "event_id", "key_twice"),
    "a line twice": (_cell("line_items.csv", 3, "position", "1"), "line_items.csv", 3, "position", "key_twice"),
    "a customer twice": (
        _row("customers.csv", number="20000001", name="Lena", country="DE", phone="+491713920099"),
        "customers.csv", 4, "number", "key_twice",
    ),
    "a payment twice": (
        _bytes("payments.csv", lambda content: content + content.splitlines()[1]),
        "payments.csv", 3, "reference", "key_twice",
    ),
    "usage of no contract": (
        _cell("usage.csv", 2, "contract", "C-9"), "usage.csv", 2, "contract", "reference_unknown"
    ),
    "a contract of nobody": (
        _cell("contracts.csv", 2, "customer", "20000009"), "contracts.csv", 2, "customer", "reference_unknown"
    ),
    "a line of no invoice": (
        _cell("line_items.csv", 2, "invoice", "R-9"), "line_items.csv", 2, "invoice", "reference_unknown"
    ),
    "an unknown price": (
        _cell("line_items.csv", 2, "price_valid_from", "2023-01-01"),
        "line_items.csv", 2, "price_valid_from", "price_unknown",
    ),
    "an unknown promotion": (
        _cell("line_items.csv", 3, "promotion", "SPRING"), "line_items.csv", 3, "promotion", "promotion_unknown"
    ),
    "a day that is none": (_cell("usage.csv", 2, "used_on", "2026-09-31"), "usage.csv", 2, "used_on", "day_invalid"),
    "a German date": (_cell("usage.csv", 2, "used_on", "12.09.2026"), "usage.csv", 2, "used_on", "day_invalid"),
    "a week for a day": (_cell("usage.csv", 2, "used_on", "2026-W37-6"), "usage.csv", 2, "used_on", "day_invalid"),
    "another age": (_cell("usage.csv", 2, "used_on", "0026-09-12"), "usage.csv", 2, "used_on", "day_out_of_range"),
    "an end before the start": (
        _cell("contracts.csv", 2, "ended_on", "2025-08-31"), "contracts.csv", 2, "ended_on", "ends_before_start"
    ),
    "a period of no day": (
        _cell("invoices.csv", 2, "period_end", "2026-09-01"), "invoices.csv", 2, "period_end", "ends_before_start"
    ),
    "a negative price": (
        _cell("price_versions.csv", 2, "base_price", "-1.00"), "price_versions.csv", 2, "base_price", "negative"
    ),
    "a decimal comma": (_cell("invoices.csv", 2, "total", "9,99"), "invoices.csv", 2, "total", "amount_invalid"),
    "half a cent": (_cell("payments.csv", 2, "amount", "9.995"), "payments.csv", 2, "amount", "too_many_decimals"),
    "a price of NaN": (
        _cell("price_versions.csv", 2, "base_price", "NaN"), "price_versions.csv", 2, "base_price", "amount_invalid"
    ),
    "a place taken in the series": (
        _cell("invoices.csv", 3, "sequence", "1"), "invoices.csv", 3, "sequence", "sequence_taken"
    ),
    "one of our numbers elsewhere in the series": (
        _cell("invoices.csv", 4, "number", "DE-2026-000003"), "invoices.csv", 4, "number", "number_of_other_place"
    ),
    "a share and an amount": (
        _cell("promotions.csv", 2, "percent", "10"), "promotions.csv", 2, "percent", "percent_or_amount"
    ),
    "a unit without a price": (
        _cell("price_versions.csv", 2, "unit_price", ""), "price_versions.csv", 2, "unit_price", "unit_without_price"
    ),
    "a country without a seller": (
        _cell("customers.csv", 2, "country", "SE"), "customers.csv", 2, "country", "seller_missing"
    ),
    "a number of seven digits": (
        _cell("customers.csv", 2, "number", "2000001"), "customers.csv", 2, "number", "customer_number_invalid"
    ),
    "a fact that is a fraction": (
        _cell("line_items.csv", 2, "cause", '{"base":14.99}'), "line_items.csv", 2, "cause", "facts_invalid"
    ),
    "a fact that no database keeps": (
        _cell("line_items.csv", 2, "cause", r'{"a":"\u0000"}'), "line_items.csv", 2, "cause", "facts_invalid"
    ),
    "an unknown kind": (_cell("line_items.csv", 2, "kind", "fee"), "line_items.csv", 2, "kind", "choice_unknown"),
    "an unknown time zone": (
        _cell("sellers.csv", 2, "time_zone", "Europe/Bonn"), "sellers.csv", 2, "time_zone", "time_zone_unknown"
    ),
    "more put to invoices than was paid": (
        _file(
            "allocations.csv", ALLOCATIONS,
            "BANK-1,,R-2026-0001,9.00,2026-10-12", "BANK-1,,R-2026-0002,1.00,2026-11-02",
        ),
        "allocations.csv", 3, "amount", "allocated_above_payment",
    ),
    "more put to an invoice than it asks for": (
        _both(
            _cell("payments.csv", 2, "amount", "99.00"),
            _file("allocations.csv", ALLOCATIONS, "BANK-1,,R-2026-0001,10.00,2026-10-12"),
        ),
        "allocations.csv", 2, "amount", "settled_above_invoice",
    ),
    "more of a credit note used than is credit": (
        _both(NOTE, _file("allocations.csv", ALLOCATIONS, ",CN-1,R-2026-0002,1.01,2026-11-02")),
        "allocations.csv", 2, "amount", "allocated_above_credit_note",
    ),
    "credit notes above their invoice": (
        _file(
            "credit_notes.csv", NOTES,
            "CN-1,R-2026-0001,correction,2026-10-20,9.00,9.00", "CN-2,R-2026-0001,correction,2026-10-20,1.00,1.00",
        ),
        "credit_notes.csv", 3, "total", "note_above_invoice",
    ),
    "more to credit than the note": (
        _file("credit_notes.csv", NOTES, "CN-1,R-2026-0001,correction,2026-10-20,2.00,2.01"),
        "credit_notes.csv", 2, "to_credit", "credit_above_total",
    ),
    "a note line above the line": (
        _both(NOTE, _file("credit_note_lines.csv", NOTE_LINES, "CN-1,1,1,99.00")),
        "credit_note_lines.csv", 2, "amount", "note_line_above_item",
    ),
    "note taxes that are not the lines": (
        _both(
            NOTE,
            _file("credit_note_lines.csv", NOTE_LINES, "CN-1,1,1,2.00"),
            _file("credit_note_taxes.csv", "credit_note,tax_rate,gross,net,tax", "CN-1,19,3.00,2.52,0.48"),
        ),
        "credit_note_taxes.csv", 2, "gross", "note_tax_not_lines",
    ),
    "note lines that are not the total": (
        _both(
            NOTE,
            _file("credit_note_lines.csv", NOTE_LINES, "CN-1,1,1,1.19"),
            _file("credit_note_taxes.csv", "credit_note,tax_rate,gross,net,tax", "CN-1,19,1.19,1.00,0.19"),
        ),
        "credit_notes.csv", 2, "total", "note_not_lines",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def empty(request: pytest.FixtureRequest) -> Iterator[sessionmaker[Session]]:
    """Return one database for all cases: as none of them writes, it stays empty."""
    databases = of_kind(request.param)
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
    import_folder(session_factory, files, now=NOW)
    before = _count(session_factory)
    # As if the check had looked before the first import was there.
    monkeypatch.setattr("billing.exchange.importing.load_known", lambda _session: Known())
    monkeypatch.setattr("billing.exchange.checking.Checker._check_stored_usage", lambda _self, _batch: None)

    report = import_folder(session_factory, files, now=NOW)

    assert [problem.code for problem in report.problems] == ["database_changed"]
    assert _count(session_factory) == before


def _problems(session_factory: sessionmaker[Session], files: Path) -> ImportReport:
    return import_folder(session_factory, files, now=NOW)


def _count(session_factory: sessionmaker[Session]) -> dict[str, int]:
    with session_factory() as session:
        return {table.name: int(session.scalar(select(func.count()).select_from(table)) or 0) for table in TABLES}
