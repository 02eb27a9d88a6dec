"""What is certain is given back once, in one note per invoice, and a replay says the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.audits import audit_account, credit_findings, raise_undecided
from billing.ledger.credit_notes import CreditLine, credit_rest, creditable, issue_credit_note
from billing.models.credit_note import CreditNote, CreditNoteLine, CreditReason
from billing.models.customer import Customer
from billing.models.human_task import HumanTask
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.seller import Seller
from billing.money import Money
from billing.rating.kinds import LineKind
from tests.billing.fairness.accounts import SEPTEMBER, audit, bill, claims, line, record_a_charge, settle
from tests.factories.billing import make_contract, make_discount

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def wronged(session: Session) -> Customer:
    """Two bills with three faults: 5.00 of a promotion twice, 2.50 for nothing in September."""
    customer, contract, _ = settle(session)
    make_discount(session, contract, amount_minor=500)
    record_a_charge(session)
    fee = line(250, (date(2026, 9, 9), date(2026, 9, 10)), kind=LineKind.ONE_OFF, contract=contract)
    bill(session, customer, [line(3999, SEPTEMBER, contract=contract), fee], SEPTEMBER)
    bill(session, customer, [line(3999, contract=contract)])
    return customer


def test_all_findings_of_an_account_are_netted_into_a_note_per_invoice(session: Session) -> None:
    customer = wronged(session)

    notes = credit_findings(session, customer.id, now=NOW)

    assert sorted(note.total_minor for note in notes) == [500, 750]
    assert len({note.invoice_id for note in notes}) == 2
    report = audit(session, customer)
    assert (claims(report), report.owed.minor) == ({}, 0)
    assert {finding.verdict for finding in report.findings} == {"correct"}


def test_a_second_time_gives_nothing(session: Session) -> None:
    customer = wronged(session)
    credit_findings(session, customer.id, now=NOW)

    assert credit_findings(session, customer.id, now=NOW) == []
    findings = session.scalars(select(CreditNoteLine.finding)).all()
    assert len(findings) == len(set(findings)) == 3


def test_rivals_pay_each_finding_once(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        customer_id = wronged(session).id

    def credit(_number: int) -> int:
        with session_factory.begin() as session:
            return len(credit_findings(session, customer_id, now=NOW))

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(credit, range(6)))

    assert sorted(counts) == [0, 0, 0, 0, 0, 2]
    with session_factory() as session:
        assert sum(session.scalars(select(CreditNote.total_minor))) == 1250


def test_the_same_data_give_the_same_bytes(session: Session) -> None:
    customer = wronged(session)
    first = audit_account(session, customer.id, today=date(2026, 11, 20)).as_json()
    session.expire_all()

    assert audit_account(session, customer.id, today=date(2026, 11, 20)).as_json() == first


def test_of_net_prices_the_tax_comes_back_too(session: Session) -> None:
    """The same 10.00 twice, 19 % added on the bill: 10.00 + 1.90 come back."""
    customer, contract, _ = settle(session, base_minor=1000)
    session.get_one(Seller, customer.seller_id).prices_include_tax = False
    tax = line(380, kind=LineKind.TAX)
    bill(session, customer, [line(1000, contract=contract), line(1000, contract=contract), tax])

    assert audit(session, customer).owed.minor == 1190
    (note,) = credit_findings(session, customer.id, now=NOW)
    assert note.total_minor == 1190
    assert audit(session, customer).owed.minor == 0


def test_what_is_undecided_waits_for_a_person_once(session: Session) -> None:
    customer, contract, _ = settle(session, country="FI")
    bill(session, customer, [line(3999, SEPTEMBER, contract=contract, tax_rate=2550)], SEPTEMBER)
    interest = line(80, (date(2026, 10, 17), date(2026, 11, 2)), kind=LineKind.INTEREST, tax_rate=0)
    bill(session, customer, [line(3999, contract=contract, tax_rate=2550), interest])

    credit_findings(session, customer.id, now=NOW)
    credit_findings(session, customer.id, now=NOW)

    (task,) = session.scalars(select(HumanTask)).all()
    assert task.facts["detector"] == "A17"


def test_an_invoice_taken_back_as_a_whole_owes_nothing_more(session: Session) -> None:
    customer = wronged(session)
    for invoice_id in session.scalars(select(Invoice.id).filter_by(customer_id=customer.id)).all():
        credit_rest(session, invoice_id, CreditReason.CORRECTION, now=NOW)

    report = audit(session, customer)

    assert (claims(report), report.owed.minor) == ({}, 0)
    assert credit_findings(session, customer.id, now=NOW) == []


def test_a_kindness_gives_no_mistake_back(session: Session) -> None:
    """41.99 instead of 39.99: the 2.00 are owed whatever a goodwill note gave; a correction of 2.00 settles them."""
    for reason, owed in ((CreditReason.GOODWILL, 200), (CreditReason.PLAN_CHANGE, 200), (CreditReason.CORRECTION, 0)):
        customer, contract, _ = settle(session)
        invoice = bill(session, customer, [line(4199, contract=contract)])
        (line_id,) = creditable(session, invoice.id)
        issue_credit_note(session, invoice.id, [CreditLine(line_id, Money(200, "EUR"))], reason, now=NOW)

        assert audit(session, customer).owed.minor == owed, reason


def test_a_finding_credited_over_two_lines_is_settled(session: Session) -> None:
    """Lines of 30.00 and 30.00 under a total of 100.00: 40.00 come back, 30.00 of one line and 10.00 of the other."""
    customer, contract, plan = settle(session, base_minor=3000)
    other = make_contract(session, customer, plan, started_on=date(2025, 1, 1))
    bill(session, customer, [line(3000, contract=contract), line(3000, contract=other)], total_minor=10_000)

    assert [note.total_minor for note in credit_findings(session, customer.id, now=NOW)] == [4000]
    assert audit(session, customer).owed.minor == 0


def test_money_that_went_astray_is_owed_and_for_a_person_but_not_creditable(session: Session) -> None:
    customer, contract, _ = settle(session)
    bill(session, customer, [line(3999, contract=contract)])
    session.add(
        Payment(
            reference="idle", customer_id=customer.id, amount_minor=3999, currency="EUR", received_on=date(2026, 11, 9)
        )
    )
    session.flush()

    report = audit(session, customer)
    raise_undecided(session, customer.id, report, now=NOW)

    assert (report.owed.minor, report.creditable.minor) == (3999, 0)
    (task,) = session.scalars(select(HumanTask)).all()
    assert task.facts["detector"] == "A18"
    assert credit_findings(session, customer.id, now=NOW) == []


def test_of_lines_that_a_total_left_unpaid_nothing_is_owed_back(session: Session) -> None:
    """The same 39.99 twice, but a total of 59.98: 20.00 of the second were never charged, 19.99 come back."""
    customer, contract, _ = settle(session)
    bill(session, customer, [line(3999, contract=contract), line(3999, contract=contract)], total_minor=5998)

    report = audit(session, customer)

    assert (report.owed.minor, claims(report)["A1"]) == (1999, 1999)
