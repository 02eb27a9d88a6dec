"""What an import of sound files leaves in the database."""

import re
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.audits import audit_account
from billing.exchange import import_folder
from billing.exchange.formats import FILES
from billing.explain.cause import CauseCode
from billing.explanations import explain_between
from billing.fairness.finding import Verdict
from billing.invoices import list_open_invoices
from billing.models.contract import Contract, ContractPhase
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.journal import JournalEntry
from billing.models.plan import Plan
from billing.models.seller import InvoiceSeries, Seller
from billing.models.usage import UsageRecord
from billing.money import Money
from tests.billing.balances import balance_of
from tests.billing.exchange.example import EXAMPLE, NOW, append_row, copy_example, set_cell


def _customer(session: Session, number: str) -> Customer:
    return session.scalars(select(Customer).filter_by(number=number)).one()


def test_the_example_of_the_documentation_is_imported(session_factory: sessionmaker[Session]) -> None:
    report = import_folder(session_factory, EXAMPLE, now=NOW)

    assert report.problems == ()
    assert report.warnings == ()
    assert report.rows["usage"] == 3
    with session_factory() as session:
        assert session.scalar(select(func.sum(UsageRecord.quantity))) == 20
        assert session.scalars(select(Contract.number).order_by(Contract.number)).all() == ["C-1001", "C-1002"]
        assert session.scalars(select(Plan.name).filter_by(code="home_250")).one()["de"] == "Zuhause 250"


def test_what_is_not_paid_is_owed(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        # 9.99 and 13.99 were billed, 9.99 was paid.
        lena = _customer(session, "20000001")
        assert [invoice.number for invoice in list_open_invoices(session, lena.id)] == ["R-2026-0002"]
        assert balance_of(session, lena.id) == Money(1399, "EUR")
        assert int(session.scalar(select(func.sum(JournalEntry.amount_minor))) or 0) == 0


def test_taxes_that_no_file_gives_are_computed_from_the_lines(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        taxes = session.execute(
            select(Invoice.number, InvoiceTax.tax_rate, InvoiceTax.gross_minor, InvoiceTax.tax_minor)
            .join(Invoice, Invoice.id == InvoiceTax.invoice_id)
            .order_by(Invoice.number)
        ).all()
    # 9.99 × 19/119 = 1.595…, 13.99 × 19/119 = 2.233…, 34.43 × 25.5/125.5 = 6.995…
    assert [tuple(row) for row in taxes] == [
        ("R-2026-0001", 1900, 999, 160),
        ("R-2026-0002", 1900, 1399, 223),
        ("R-2026-0003", 2550, 3443, 700),
    ]


def test_lines_know_the_facts_that_follow_from_what_they_name(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        causes = [
            item.cause
            for item in session.scalars(
                select(LineItem)
                .join(Invoice, Invoice.id == LineItem.invoice_id)
                .order_by(Invoice.number, LineItem.position)
            )
        ]
    base, discount, usage, connection = causes[0], causes[1], causes[3], causes[6]
    assert (base["plan_code"], base["base_minor"], base["days"], base["days_in_period"]) == ("mobile_s", 1499, 30, 30)
    assert (discount["name_en"], discount["ended_on"]) == ("Welcome discount", "2026-10-31")
    assert (usage["used"], usage["included"], usage["unit"]) == (12, 10, "GB")
    assert (connection["name_de"], connection["reference"], connection["charged_on"]) == (
        "Anschlusspreis",
        "WO-77",
        "2026-10-16",
    )


def test_the_example_is_explained_and_found_fair(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        lena, mikko = (_customer(session, number).id for number in ("20000001", "20000002"))
        change = explain_between(session, lena, "R-2026-0001", "R-2026-0002")
        verdicts = [
            finding.verdict
            for customer_id in (lena, mikko)
            for finding in audit_account(session, customer_id, today=NOW.date()).findings
        ]

    assert change is not None
    assert [(cause.code, cause.amount.minor) for cause in change.causes] == [(CauseCode.EXTRA_USAGE, 400)]
    assert Verdict.OUR_MISTAKE not in verdicts


def test_the_next_number_comes_after_the_highest_that_was_imported(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        rows = select(Seller.country, InvoiceSeries.year, InvoiceSeries.last_sequence)
        series = session.execute(rows.join(Seller, Seller.id == InvoiceSeries.seller_id)).all()
    assert sorted(tuple(row) for row in series) == [("DE", 2026, 2), ("FI", 2026, 3)]


def test_numbers_that_are_not_counted_through_get_places_after_the_highest(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    # Per customer and month, as many companies do; the second one has no digits at its end at all.
    for name, column in (("invoices.csv", "number"), ("line_items.csv", "invoice"), ("payments.csv", "invoice")):
        text = (files / name).read_text(encoding="utf-8")
        for old, new in (("R-2026-0001", "20000001/09"), ("R-2026-0002", "October"), ("R-2026-0003", "20000002/09")):
            text = text.replace(old, new)
        (files / name).write_text(text, encoding="utf-8")
        assert column in text

    report = import_folder(session_factory, files, now=NOW)

    assert report.problems == ()
    assert [str(warning) for warning in report.warnings] == [
        "invoices.csv, number: 1 numbers end in no digits of their own; their place in the series is after the highest."
    ]
    with session_factory() as session:
        places = session.execute(select(Invoice.number, Invoice.sequence).order_by(Invoice.number)).all()
        assert [tuple(row) for row in places] == [("20000001/09", 9), ("20000002/09", 9), ("October", 10)]
        rows = select(Seller.country, InvoiceSeries.last_sequence)
        series = session.execute(rows.join(Seller, Seller.id == InvoiceSeries.seller_id)).all()
    assert sorted(tuple(row) for row in series) == [("DE", 10), ("FI", 9)]


def test_a_contract_without_phases_has_one_for_its_plan(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)

    with session_factory() as session:
        rows = select(Plan.code, ContractPhase.valid_from, ContractPhase.valid_to)
        phases = session.execute(rows.join(Plan, Plan.id == ContractPhase.plan_id).order_by(ContractPhase.valid_from))
        assert [tuple(row) for row in phases] == [
            ("mobile_s", date(2025, 9, 1), None),
            ("home_250", date(2026, 10, 16), None),
        ]


def test_a_dry_run_writes_nothing(session_factory: sessionmaker[Session]) -> None:
    report = import_folder(session_factory, EXAMPLE, now=NOW, dry_run=True)

    assert (report.is_clean, report.rows["customers"]) == (True, 2)
    with session_factory() as session:
        assert session.scalars(select(Seller)).all() == []


def test_without_sellers_a_stand_in_is_made_and_the_report_says_so(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    (files / "sellers.csv").unlink()

    report = import_folder(session_factory, files, now=NOW)

    assert report.problems == ()
    assert {(warning.file, warning.code) for warning in report.warnings} == {("customers.csv", "seller_made")}
    with session_factory() as session:
        assert session.scalars(select(Seller.currency).order_by(Seller.country)).all() == ["EUR", "EUR"]


def test_a_byte_order_mark_changes_nothing(session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    files = copy_example(tmp_path)
    for path in files.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert import_folder(session_factory, files, now=NOW).problems == ()


def test_money_that_is_wrong_is_let_in_for_the_audit_to_find(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    # The lines come to 13.99; the tax rate of Germany is 19 %; the connection is charged twice.
    set_cell(files / "invoices.csv", 3, "total", "99.99")
    set_cell(files / "line_items.csv", 2, "tax_rate", "24")
    append_row(
        files / "line_items.csv",
        invoice="R-2026-0003",
        position="3",
        contract="C-1002",
        kind="one_off",
        reference="WO-77",
        name_en="Connection fee",
        period_start="2026-10-16",
        period_end="2026-10-17",
        amount="19.00",
        tax_rate="25.5",
    )

    report = import_folder(session_factory, files, now=NOW)

    assert report.problems == ()
    with session_factory() as session:
        assert balance_of(session, _customer(session, "20000001").id) == Money(9999, "EUR")
        assert int(session.scalar(select(func.sum(JournalEntry.amount_minor))) or 0) == 0


def test_more_usage_can_follow_for_contracts_that_are_there(
    session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    files = copy_example(tmp_path)
    import_folder(session_factory, files, now=NOW)
    for path in files.iterdir():
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    append_row(files / "usage.csv", event_id="u-4", contract="C-1001", used_on="2026-11-20", quantity="3", unit="GB")

    report = import_folder(session_factory, files, now=NOW)

    assert report.problems == ()
    with session_factory() as session:
        assert session.scalar(select(func.sum(UsageRecord.quantity))) == 23


def test_the_documentation_names_every_file_and_column() -> None:
    text = (EXAMPLE.parent / "import.md").read_text(encoding="utf-8")

    words = set(re.findall(r"\w+", text))
    missing = [
        (format_.file, column.name)
        for format_ in FILES
        for column in format_.all_columns
        if format_.name not in words or column.name not in words
    ]
    assert missing == []
