"""Ways to spoil one thing in a good folder of files, and what is to be said of it: file, line, field and reason."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.billing.exchange.example import append_row, change_rows, set_cell

Spoil = Callable[[Path], None]


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
