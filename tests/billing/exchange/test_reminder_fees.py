"""A reminder's fee that an imported line charges is billed; one that none does is due on the next bill."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.exchange import import_folder
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.run.billing_run import run_billing
from tests.billing.exchange.example import NOW, append_row, copy_example, set_cell


@pytest.mark.parametrize(("is_on_a_line", "billed"), [(True, []), (False, [150])])
def test_a_reminder_fee_is_billed_only_if_no_imported_line_charges_it(
    session_factory: sessionmaker[Session], tmp_path: Path, is_on_a_line: bool, billed: list[int]
) -> None:
    files = copy_example(tmp_path)
    (files / "reminders.csv").write_text(
        "invoice,position,kind,sent_on,claimed,fee\nR-2026-0001,1,reminder,2026-10-30,9.99,1.50\n", encoding="utf-8"
    )
    if is_on_a_line:
        _charge_the_fee(files)
    assert import_folder(session_factory, files, now=NOW).problems == ()

    run_billing(session_factory, BillingPeriod.month("2026-11"), now=datetime(2026, 12, 1, 9, tzinfo=UTC))

    with session_factory() as session:
        lines = session.execute(
            select(LineItem.kind, LineItem.amount_minor)
            .join(Invoice, Invoice.id == LineItem.invoice_id)
            .join(Customer, Customer.id == Invoice.customer_id)
            .where(Customer.number == "20000001", Invoice.period_start == datetime(2026, 11, 1, tzinfo=UTC).date())
        ).all()
    assert LineKind.RECURRING in {kind for kind, _ in lines}
    assert [amount for kind, amount in lines if kind is LineKind.LATE_FEE] == billed


def _charge_the_fee(files: Path) -> None:
    append_row(
        files / "line_items.csv",
        invoice="R-2026-0002",
        position="4",
        kind="late_fee",
        reference="R-2026-0001",
        name_en="Reminder fee",
        name_de="Mahngebühr",
        name_fi="Muistutusmaksu",
        period_start="2026-10-30",
        period_end="2026-10-31",
        amount="1.50",
        tax_rate="0",
    )
    # 13.99 + 1.50
    set_cell(files / "invoices.csv", 3, "total", "15.49")
