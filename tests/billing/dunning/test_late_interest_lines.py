"""Interest on the next bill of a seller who charges it; cents by hand: cents x basis points x days / 3,650,000."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import open_dispute
from billing.dunning.arrangements import agree_extension, settle_arrangements
from billing.dunning.dunning_run import run_dunning
from billing.dunning.late_interest_lines import load_interest_lines
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.seller import Seller
from billing.periods import BillingPeriod
from billing.rating.line import LineKind, ReasonCode
from billing.run.billing_run import run_billing
from tests.factories.billing import line_ids, make_contract, make_customer, make_invoice, make_payment, make_plan

DUE = date(2026, 3, 2)


def late_invoice(session: Session, *amounts: int, country: str = "FI", charges: bool = True) -> Invoice:
    customer = make_customer(session, country=country)
    session.get_one(Seller, customer.seller_id).charges_late_interest = charges
    return make_invoice(session, customer, amounts=amounts or (10_000,), due_on=DUE)


def charged(session: Session, invoice: Invoice, issued_on: date) -> list[tuple[int, date, date]]:
    """Return cents, first day and last day of each line of interest."""
    seller = session.get_one(Seller, invoice.seller_id)
    lines = load_interest_lines(session, seller, [invoice.customer_id], issued_on).get(invoice.customer_id, [])
    assert {(line.kind, line.reason_code, line.tax_rate) for line in lines} <= {
        (LineKind.INTEREST, ReasonCode.LATE_PAYMENT, 0)
    }
    return [(line.amount.minor, line.period.start, line.period.last_day) for line in lines]


def test_in_finland_interest_runs_from_the_day_after_the_due_date(session: Session) -> None:
    """10,000 x 950 x 30 / 3,650,000 = 78.08."""
    invoice = late_invoice(session)

    assert charged(session, invoice, date(2026, 4, 1)) == [(78, date(2026, 3, 3), date(2026, 4, 1))]


def test_it_ends_on_the_day_of_the_payment(session: Session) -> None:
    """10,000 x 950 x 10 / 3,650,000 = 26.03."""
    invoice = late_invoice(session)
    make_payment(session, invoice, received_on=date(2026, 3, 12))

    assert [cents for cents, *_ in charged(session, invoice, date(2026, 4, 1))] == [26]


def test_a_bill_paid_in_time_owes_none(session: Session) -> None:
    invoice = late_invoice(session)
    make_payment(session, invoice, received_on=DUE)

    assert charged(session, invoice, date(2026, 4, 1)) == []


def test_a_seller_who_charges_none_charges_none(session: Session) -> None:
    assert charged(session, late_invoice(session, charges=False), date(2026, 4, 1)) == []


def test_in_germany_it_runs_from_the_reminder_and_without_one_not_at_all(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    """Reminded on 9 March: 23 days to 1 April; 10,000 x 627 x 23 / 3,650,000 = 39.51."""
    invoice = late_invoice(session, country="DE")
    session.commit()
    assert charged(session, invoice, date(2026, 4, 1)) == []

    session.rollback()
    run_dunning(session_factory, now=datetime(2026, 3, 9, 9, tzinfo=UTC))

    assert charged(session, invoice, date(2026, 4, 1)) == [(40, date(2026, 3, 10), date(2026, 4, 1))]


def test_the_disputed_part_bears_none_while_it_is_disputed(session: Session) -> None:
    """Contested on 12 March: 10 days on 10,000, then 20 on 2,000; (100,000 + 40,000) x 950 / 3,650,000 = 36.4."""
    invoice = late_invoice(session, 2_000, 8_000)
    contested = line_ids(session, invoice)[1:]
    now = datetime(2026, 3, 12, 9, tzinfo=UTC)
    open_dispute(session, invoice.customer_id, invoice.id, contested, "not mine", now=now)

    assert [cents for cents, *_ in charged(session, invoice, date(2026, 4, 1))] == [36]


INTEREST_LAST = (LineKind.RECURRING, LineKind.INTEREST)


def test_interest_bears_no_interest(session: Session) -> None:
    """30 days on 100.00 alone, not on the 50.00 of interest beside it: 10,000 x 950 x 30 / 3,650,000 = 78.08."""
    paid = late_invoice(session)
    invoice = make_invoice(
        session,
        session.get_one(Customer, paid.customer_id),
        amounts=(10_000, 5_000),
        kinds=INTEREST_LAST,
        due_on=DUE,
    )
    make_payment(session, paid, received_on=DUE)

    assert [cents for cents, *_ in charged(session, invoice, date(2026, 4, 1))] == [78]


def test_interest_that_is_contested_or_taken_back_lowers_what_bears_interest_by_nothing(session: Session) -> None:
    """Still 30 days on 100.00: 78.08."""
    for is_credited in (False, True):
        paid = late_invoice(session)
        make_payment(session, paid, received_on=DUE)
        customer = session.get_one(Customer, paid.customer_id)
        invoice = make_invoice(session, customer, amounts=(10_000, 5_000), kinds=INTEREST_LAST, due_on=DUE)
        line, now = line_ids(session, invoice)[1], datetime(2026, 3, 3, 9, tzinfo=UTC)
        if is_credited:
            issue_credit_note(session, invoice.id, [CreditLine(line, None)], CreditReason.CORRECTION, now=now)
        else:
            open_dispute(session, customer.id, invoice.id, [line], "not mine", now=now)

        assert [cents for cents, *_ in charged(session, invoice, date(2026, 4, 1))] == [78]


def test_days_without_a_known_rate_wait(session: Session) -> None:
    """The last known day is the end of a half-year; long after it nothing more is charged, and nothing is guessed."""
    invoice = late_invoice(session)

    ((cents, first, last),) = charged(session, invoice, date(2099, 1, 1))

    assert first == date(2026, 3, 3)
    assert last >= date(2026, 6, 30)
    assert (last + timedelta(days=1)).day == 1
    if last == date(2026, 6, 30):  # 120 days: 10,000 x 950 x 120 / 3,650,000 = 312.3
        assert cents == 312


def test_an_extension_that_is_kept_costs_no_interest(session: Session) -> None:
    """Agreed on 5 March: three days of interest before it; 10,000 x 950 x 3 / 3,650,000 = 7.8."""
    invoice = late_invoice(session)
    until = date(2026, 4, 1)
    agree_extension(session, invoice.customer_id, invoice.id, until, now=datetime(2026, 3, 5, 9, tzinfo=UTC))
    make_payment(session, invoice, received_on=until)
    settle_arrangements(session, [invoice.customer_id], date(2026, 4, 2))

    assert charged(session, invoice, date(2026, 5, 1)) == [(8, date(2026, 3, 3), date(2026, 3, 5))]


def test_an_extension_that_is_broken_costs_all_of_it(session: Session) -> None:
    """60 days to 1 May: 10,000 x 950 x 60 / 3,650,000 = 156.2."""
    invoice = late_invoice(session)
    now = datetime(2026, 3, 5, 9, tzinfo=UTC)
    agree_extension(session, invoice.customer_id, invoice.id, date(2026, 4, 1), now=now)
    settle_arrangements(session, [invoice.customer_id], date(2026, 4, 2))

    assert [cents for cents, *_ in charged(session, invoice, date(2026, 5, 1))] == [156]


@pytest.fixture
def billed_monthly(session: Session, session_factory: sessionmaker[Session]) -> Customer:
    """A customer who never pays: the bill of December is due on 15 January, that of January on 15 February."""
    customer = make_customer(session, country="FI")
    session.get_one(Seller, customer.seller_id).charges_late_interest = True
    make_contract(session, customer, make_plan(session, country="FI", base_minor=10_000))
    session.commit()
    for label in ("2025-12", "2026-01", "2026-02"):
        period = BillingPeriod.month(label)
        run_billing(session_factory, period, now=datetime.combine(period.end, time(6), UTC))
    return customer


def test_each_day_is_charged_on_one_bill_only(session: Session, billed_monthly: Customer) -> None:
    """17 days to 1 February are 44.2 cents, 28 to 1 March 72.9;

    14 days on January's 100.00 are 36.4: its 44 cents of interest bear none.
    """
    rows = session.execute(
        select(LineItem.amount_minor, LineItem.period_start, LineItem.period_end, InvoiceTax.tax_minor)
        .join(InvoiceTax, (InvoiceTax.invoice_id == LineItem.invoice_id) & (InvoiceTax.tax_rate == LineItem.tax_rate))
        .where(LineItem.kind == LineKind.INTEREST)
        .order_by(LineItem.id)
    ).all()

    assert [tuple(row) for row in rows] == [
        (44, date(2026, 1, 16), date(2026, 2, 2), 0),
        (73, date(2026, 2, 2), date(2026, 3, 2), 0),
        (36, date(2026, 2, 16), date(2026, 3, 2), 0),  # 10,000 x 950 x 14 / 3,650,000 = 36.4
    ]
