"""Twenty at once: of the same money, one wins. And two at once, who neither miss nor block each other."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, datetime
from threading import Barrier, Lock, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.errors import SaldoError
from billing.invoices import list_invoices, list_open_invoices
from billing.ledger.allocations import use_credit
from billing.ledger.credit_notes import CreditLine, creditable, issue_credit_note
from billing.ledger.journal import account_balances, credit_of
from billing.ledger.refunds import request_refund
from billing.models import CreditNote, CreditReason, LedgerAccount, Payment, Refund
from billing.payments import Receipt, record_payment, record_payments
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.billing.money.bills import NOW, TODAY, issue, lines_of
from tests.factories.billing import make_contract, make_customer, make_plan
from tests.factories.money import eur

RIVALS = 20


def race(session_factory: sessionmaker[Session], act: Callable[[Session, int], object]) -> Counter[str]:
    """Let the rivals act in transactions of their own at once; return how many ended how."""
    outcomes: Counter[str] = Counter()
    start, guard = Barrier(RIVALS), Lock()

    def run(number: int) -> None:
        start.wait()
        try:
            with session_factory.begin() as session:
                act(session, number)
            outcome = "done"
        except SaldoError as error:
            outcome = type(error).__name__
        with guard:
            outcomes[outcome] += 1

    rivals = [Thread(target=run, args=(number,)) for number in range(RIVALS)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    return outcomes


@pytest.fixture
def paid(session_factory: sessionmaker[Session]) -> tuple[UUID, UUID, int]:
    """Return customer, invoice and line of a paid invoice of 40.00."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        invoice_id = issue(session, customer, [(4000, 1900)])
        record_payment(session, customer_id=customer.id, reference="b", amount=eur(4000), received_on=TODAY, now=NOW)
        return customer.id, invoice_id, lines_of(session, invoice_id)[0]


def test_of_twenty_credits_of_one_line_one_wins(
    session_factory: sessionmaker[Session], paid: tuple[UUID, UUID, int]
) -> None:
    customer_id, invoice_id, line = paid

    def credit(session: Session, _number: int) -> None:
        issue_credit_note(session, invoice_id, [CreditLine(line)], CreditReason.CORRECTION, now=NOW)

    outcomes = race(session_factory, credit)

    assert outcomes == {"done": 1, "NothingToCredit": RIVALS - 1}
    with session_factory() as session:
        assert session.scalars(select(CreditNote.number)).all() == ["DE-C-2026-000001"]
        assert credit_of(session, customer_id) == eur(4000)


def test_of_twenty_payments_of_one_finding_one_wins(
    session_factory: sessionmaker[Session], paid: tuple[UUID, UUID, int]
) -> None:
    _, invoice_id, line = paid
    finding = CreditLine(line, eur(100), finding="duplicate:WO-1")

    def credit(session: Session, _number: int) -> None:
        issue_credit_note(session, invoice_id, [finding], CreditReason.CORRECTION, now=NOW)

    outcomes = race(session_factory, credit)

    assert outcomes == {"done": 1, "AlreadyCredited": RIVALS - 1}
    with session_factory() as session:
        assert creditable(session, invoice_id) == {line: eur(3900)}


def test_of_twenty_credits_as_many_win_as_the_line_has_room_for(
    session_factory: sessionmaker[Session], paid: tuple[UUID, UUID, int]
) -> None:
    customer_id, invoice_id, line = paid

    def credit(session: Session, _number: int) -> None:
        part = [CreditLine(line, eur(900))]
        issue_credit_note(session, invoice_id, part, CreditReason.CORRECTION, now=NOW)

    outcomes = race(session_factory, credit)

    # 40.00 has room for 9.00 four times.
    assert outcomes == {"done": 4, "CreditTooHigh": RIVALS - 4}
    with session_factory() as session:
        sequences = session.scalars(select(CreditNote.sequence).order_by(CreditNote.sequence)).all()
        assert sequences == [1, 2, 3, 4]
        assert credit_of(session, customer_id) == eur(3600)


def test_of_twenty_refunds_of_the_same_credit_one_wins(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        customer_id = make_customer(session).id
        record_payment(session, customer_id=customer_id, reference="b", amount=eur(1500), received_on=TODAY, now=NOW)

    outcomes = race(
        session_factory, lambda session, _: request_refund(session, customer_id, eur(1000), "moved", now=NOW)
    )

    assert outcomes == {"done": 1, "RefundTooHigh": RIVALS - 1}
    with session_factory() as session:
        assert session.scalars(select(func.count()).select_from(Refund)).one() == 1
        assert credit_of(session, customer_id) == eur(500)


def test_twenty_receipts_are_all_put_to_the_invoice_and_never_beyond(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        invoice_id = issue(session, customer, [(4000, 1900)])

    def pay(session: Session, number: int) -> None:
        # Every receipt is read twice, by two readers.
        record_payment(
            session,
            customer_id=customer.id,
            reference=f"bank-{number // 2}",
            amount=eur(500),
            received_on=TODAY,
            invoice_id=invoice_id,
            now=NOW,
        )

    assert race(session_factory, pay) == {"done": RIVALS}

    with session_factory() as session:
        assert session.scalars(select(func.count()).select_from(Payment)).one() == 10
        assert list_invoices(session, customer.id)[0].open_amount == eur(0)
        balances = account_balances(session, customer.id)
        assert (balances[LedgerAccount.BANK], balances[LedgerAccount.CUSTOMER_CREDIT]) == (eur(5000), eur(-1000))


def test_a_receipt_that_is_not_yet_committed_when_the_invoice_is_made_pays_it(
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session))
        customer_id = customer.id
    run = Thread(target=lambda: run_billing(session_factory, BillingPeriod.month("2026-10"), now=NOW))
    with session_factory.begin() as session:
        record_payment(session, customer_id=customer_id, reference="b", amount=eur(50000), received_on=TODAY, now=NOW)
        run.start()
        run.join(timeout=0.7)
    run.join()

    with session_factory() as session:
        (invoice,) = list_invoices(session, customer_id)
        assert list_open_invoices(session, customer_id) == []
        assert credit_of(session, customer_id) == eur(50000 - invoice.total.minor)


def test_two_long_statements_about_the_same_customers_do_not_block_each_other(
    session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    def use_slowly(session: Session, customer_ids: Collection[UUID], *, now: datetime) -> None:
        use_credit(session, customer_ids, now=now)
        time.sleep(0.2)

    monkeypatch.setattr("billing.ledger.receipts.CHUNK", 1)
    monkeypatch.setattr("billing.ledger.receipts.use_credit", use_slowly)
    with session_factory.begin() as session:
        one, other = (make_customer(session).id for _ in range(2))
    new: list[int] = []

    def read(name: str, customer_ids: list[UUID]) -> None:
        days = zip(customer_ids, (date(2026, 11, 1), date(2026, 11, 2)), strict=True)
        statement = [Receipt(customer_id, f"{name}-{day}", eur(100), day) for customer_id, day in days]
        with session_factory.begin() as session:
            new.append(record_payments(session, statement, now=NOW))

    readers = [Thread(target=read, args=("first", [one, other])), Thread(target=read, args=("second", [other, one]))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert new == [2, 2]
