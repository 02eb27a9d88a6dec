"""Credit notes: numbered, exact, within the invoice, and their money goes where it belongs."""

import itertools
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from billing.invoices import list_invoices
from billing.ledger.credit_notes import (
    AlreadyCredited,
    CreditLine,
    CreditTooHigh,
    InvoiceNotFound,
    LineNotOnInvoice,
    NothingToCredit,
    credit_rest,
    creditable,
    issue_credit_note,
)
from billing.ledger.journal import account_balances, credit_of
from billing.models import CreditNote, CreditReason, Customer, LedgerAccount
from billing.money import CurrencyMismatch, Money
from billing.payments import record_payment
from tests.billing.balances import balance_of
from tests.billing.money.bills import NOW, TODAY, credited_lines, credited_taxes, issue, lines_of
from tests.factories.billing import make_customer
from tests.factories.money import eur

_references = itertools.count(1)


def credit(session: Session, invoice_id: UUID, *lines: CreditLine, now: datetime = NOW) -> CreditNote:
    return issue_credit_note(session, invoice_id, lines, CreditReason.CORRECTION, now=now)


def pay(session: Session, customer: Customer, minor: int, invoice_id: UUID | None = None) -> None:
    record_payment(
        session,
        customer_id=customer.id,
        reference=f"bank-{next(_references)}",
        amount=eur(minor),
        received_on=TODAY,
        invoice_id=invoice_id,
        now=NOW,
    )


def test_notes_have_a_series_of_their_own_per_seller_and_year(session: Session, customer: Customer) -> None:
    german = issue(session, customer, [(4000, 1900)])
    finnish = issue(session, make_customer(session, country="FI"), [(4000, 2550)])
    (line,) = lines_of(session, german)
    # Half past eleven at night in UTC is the new year in Berlin and in Helsinki.
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    notes = [
        credit(session, german, CreditLine(line, eur(100))),
        credit(session, german, CreditLine(line, eur(100))),
        credit(session, finnish, CreditLine(*lines_of(session, finnish))),
        credit(session, german, CreditLine(line, eur(100)), now=new_year),
    ]

    assert [note.number for note in notes] == [
        "DE-C-2026-000001",
        "DE-C-2026-000002",
        "FI-C-2026-000001",
        "DE-C-2027-000001",
    ]


def test_a_refused_note_uses_no_number(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900)])
    (line,) = lines_of(session, invoice_id)
    session.commit()
    with pytest.raises(CreditTooHigh):
        credit(session, invoice_id, CreditLine(line, eur(4001)))
    session.rollback()

    assert credit(session, invoice_id, CreditLine(line)).number == "DE-C-2026-000001"


def test_of_an_open_invoice_less_is_to_be_paid(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900)])

    note = credit(session, invoice_id, CreditLine(lines_of(session, invoice_id)[0], eur(1500)))

    (facts,) = list_invoices(session, customer.id)
    assert (facts.open_amount, facts.credited, note.to_credit_minor) == (eur(2500), eur(1500), 0)
    # 19/119 of 40.00 is 6.39, of 15.00 it is 2.39.
    assert account_balances(session, customer.id) == {
        LedgerAccount.RECEIVABLE: eur(2500),
        LedgerAccount.CUSTOMER_CREDIT: eur(0),
        LedgerAccount.BANK: eur(0),
        LedgerAccount.REVENUE: eur(-3361 + 1261),
        LedgerAccount.TAX_PAYABLE: eur(-639 + 239),
        LedgerAccount.REFUNDS_PAYABLE: eur(0),
    }


def test_of_a_paid_invoice_it_becomes_credit(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900)])
    pay(session, customer, 4000, invoice_id)

    note = credit(session, invoice_id, CreditLine(lines_of(session, invoice_id)[0], eur(1500)))

    assert (note.to_credit_minor, credit_of(session, customer.id)) == (1500, eur(1500))
    assert list_invoices(session, customer.id)[0].open_amount == eur(0)


def test_of_a_partly_paid_invoice_first_the_open_part_goes(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(10000, 1900)])
    (line,) = lines_of(session, invoice_id)
    pay(session, customer, 4000, invoice_id)

    # 60.00 are open: the first note leaves 25.00 of it, the second takes that and 15.00 of what was paid.
    first = credit(session, invoice_id, CreditLine(line, eur(3500)))
    second = credit(session, invoice_id, CreditLine(line, eur(4000)))
    third = credit_rest(session, invoice_id, CreditReason.CANCELLATION, now=NOW)

    assert third is not None
    assert [note.to_credit_minor for note in (first, second, third)] == [0, 1500, 2500]
    assert credit_of(session, customer.id) == eur(4000)
    assert balance_of(session, customer.id) == eur(-4000)


def test_credit_from_a_note_pays_the_customers_other_invoices(session: Session, customer: Customer) -> None:
    paid = issue(session, customer, [(4000, 1900)])
    pay(session, customer, 4000, paid)
    waiting = issue(session, customer, [(2500, 1900)])

    credit(session, paid, CreditLine(lines_of(session, paid)[0], eur(3000)))

    open_amounts = {invoice.id: invoice.open_amount for invoice in list_invoices(session, customer.id)}
    assert open_amounts == {paid: eur(0), waiting: eur(0)}
    assert credit_of(session, customer.id) == eur(500)


def test_money_that_comes_after_a_full_credit_is_credit(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900)])
    credit_rest(session, invoice_id, CreditReason.CANCELLATION, now=NOW)

    pay(session, customer, 4000, invoice_id)

    assert credit_of(session, customer.id) == eur(4000)


def test_a_finding_is_paid_once(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900), (4000, 1900)])
    first, second = lines_of(session, invoice_id)
    note = credit(session, invoice_id, CreditLine(first, eur(100), finding="duplicate:WO-1"))

    with pytest.raises(AlreadyCredited) as again:
        credit(session, invoice_id, CreditLine(second, eur(100), finding="duplicate:WO-1"))

    assert (again.value.finding, again.value.number) == ("duplicate:WO-1", note.number)


def test_a_discounted_price_comes_back_as_far_as_it_was_charged(session: Session, customer: Customer) -> None:
    # 39.99 less 10.00, and 5.00 of another rate.
    invoice_id = issue(session, customer, [(3999, 1900), (-1000, 1900), (500, 0)])
    base, discount, fee = lines_of(session, invoice_id)
    assert creditable(session, invoice_id) == {base: eur(2999), discount: eur(-1000), fee: eur(500)}

    with pytest.raises(CreditTooHigh) as refused:
        credit(session, invoice_id, CreditLine(base, eur(3999)))
    note = credit(session, invoice_id, CreditLine(base))

    assert refused.value.left == eur(2999)
    assert credited_lines(session, note.id) == [2999]
    assert creditable(session, invoice_id) == {base: eur(0), discount: eur(-1000), fee: eur(500)}


def test_two_discounted_lines_come_back_as_far_as_both_were_charged(session: Session, customer: Customer) -> None:
    # 39.99 and 10.00, less 10.00 on both, and 5.00 beside them: of the first two 39.99 + 10.00 - 10.00 + 5.00 is all.
    invoice_id = issue(session, customer, [(3999, 1900), (1000, 1900), (-1000, 1900), (500, 1900)])
    base, extra, _, _ = lines_of(session, invoice_id)

    note = credit(session, invoice_id, CreditLine(base), CreditLine(extra))

    assert credited_lines(session, note.id) == [3999, 500]
    assert balance_of(session, customer.id) == eur(0)


def test_a_discount_alone_is_never_taken_back(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(3999, 1900), (-1000, 1900)])

    with pytest.raises(NothingToCredit):
        credit(session, invoice_id, CreditLine(lines_of(session, invoice_id)[1]))


def test_several_rates_take_their_own_tax_back(session: Session, customer: Customer) -> None:
    # The summer of the Finnish rates: 24 % inside 62.00 is 12.00, 25.5 % inside 25.10 is 5.10.
    finn = make_customer(session, country="FI")
    invoice_id = issue(session, finn, [(6200, 2400), (2510, 2550)])

    note = credit(session, invoice_id, *[CreditLine(line) for line in lines_of(session, invoice_id)])

    assert note.total_minor == 8710
    assert credited_taxes(session, note.id) == {2400: (5000, 1200), 2550: (2000, 510)}


def test_lines_of_tax_follow_and_cannot_be_named(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(10000, 1900)], net=True)
    base, tax = lines_of(session, invoice_id)

    assert creditable(session, invoice_id) == {base: eur(10000), tax: eur(0)}
    with pytest.raises(LineNotOnInvoice):
        credit(session, invoice_id, CreditLine(tax, eur(100)))
    note = credit(session, invoice_id, CreditLine(base, eur(5000)), CreditLine(tax))

    # 19 % of 50.00 is 9.50.
    assert (note.total_minor, credited_lines(session, note.id)) == (5950, [5000, 950])


def test_another_invoices_line_and_another_currency_are_errors(session: Session, customer: Customer) -> None:
    invoice_id, other = (issue(session, customer, [(4000, 1900)]) for _ in range(2))

    with pytest.raises(LineNotOnInvoice):
        credit(session, invoice_id, CreditLine(*lines_of(session, other)))
    with pytest.raises(CurrencyMismatch):
        credit(session, invoice_id, CreditLine(*lines_of(session, invoice_id), Money(100, "SEK")))
    with pytest.raises(InvoiceNotFound):
        credit(session, uuid4(), CreditLine(1))


def test_of_an_invoice_that_asked_for_less_than_its_lines_all_that_it_asked_for_comes_back(
    session: Session, customer: Customer
) -> None:
    # Of lines of 60.00 another system asked for 50.00.
    invoice_id = issue(session, customer, [(6000, 0)], asked_less=1000)
    (line,) = lines_of(session, invoice_id)
    assert creditable(session, invoice_id) == {line: eur(5000)}

    with pytest.raises(CreditTooHigh):
        credit(session, invoice_id, CreditLine(line, eur(6000)))
    note = credit_rest(session, invoice_id, CreditReason.CANCELLATION, now=NOW)

    assert note is not None
    assert note.total_minor == 5000
    assert list_invoices(session, customer.id)[0].open_amount == eur(0)
