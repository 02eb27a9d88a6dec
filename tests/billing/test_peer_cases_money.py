"""Money faults that other billing systems published, with the cents that are right."""

from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.invoices import list_invoices
from billing.ledger.credit_notes import CreditLine, CreditTooHigh, credit_rest, creditable, issue_credit_note
from billing.ledger.journal import credit_of
from billing.models import CreditNote, CreditReason, Customer
from billing.payments import record_payment
from tests.billing.balances import balance_of
from tests.billing.money.bills import NOW, TODAY, credited_lines, credited_taxes, issue, lines_of
from tests.factories.billing import make_customer
from tests.factories.money import eur


@pytest.fixture
def customer(session: Session) -> Customer:
    return make_customer(session)


def credit(session: Session, invoice_id: UUID, *lines: CreditLine) -> CreditNote:
    return issue_credit_note(session, invoice_id, lines, CreditReason.CORRECTION, now=NOW)


def pay(session: Session, customer: Customer, invoice_id: UUID, minor: int) -> None:
    record_payment(
        session,
        customer_id=customer.id,
        reference=f"{invoice_id}:{minor}",
        amount=eur(minor),
        received_on=TODAY,
        invoice_id=invoice_id,
        now=NOW,
    )


def test_four_notes_of_one_line_each_come_to_the_invoice_and_not_a_cent_more(
    session: Session, customer: Customer
) -> None:
    # Lago 2643: 68.33 + 68.33 + 57.50 + 85.00 = 279.16 net; 20 % of that is 55.832, so 55.83 and 334.99 in all.
    net = [(6833, 2000), (6833, 2000), (5750, 2000), (8500, 2000)]
    invoice_id = issue(session, customer, net, net=True)
    assert list_invoices(session, customer.id)[0].total == eur(33499)

    notes = [credit(session, invoice_id, CreditLine(line)) for line in lines_of(session, invoice_id)[:4]]

    # 20 %: 13.666 → 13.67 twice, 11.50, and for the last 55.83 - 13.67 - 13.67 - 11.50 = 16.99 instead of 17.00.
    assert [credited_lines(session, note.id) for note in notes] == [
        [6833, 1367],
        [6833, 1367],
        [5750, 1150],
        [8500, 1699],
    ]
    assert [note.total_minor for note in notes] == [8200, 8200, 6900, 10199]
    assert sum(note.total_minor for note in notes) == 33499
    assert balance_of(session, customer.id) == eur(0)


def test_one_cent_too_much_is_refused(session: Session, customer: Customer) -> None:
    # Lago 4553 let one cent pass.
    invoice_id = issue(session, customer, [(3999, 1900), (1000, 1900)])
    base, extra = lines_of(session, invoice_id)

    with pytest.raises(CreditTooHigh) as refused:
        credit(session, invoice_id, CreditLine(base, eur(4000)))
    credit(session, invoice_id, CreditLine(base, eur(1999)))
    with pytest.raises(CreditTooHigh) as refused_again:
        credit(session, invoice_id, CreditLine(base, eur(2001)), CreditLine(extra, eur(1000)))

    assert (refused.value.line_item_id, refused.value.left) == (base, eur(3999))
    assert refused_again.value.left == eur(2000)
    assert credit(session, invoice_id, CreditLine(base, eur(2000)), CreditLine(extra)).total_minor == 3000


def test_two_changes_in_a_row_credit_no_more_than_was_paid_for_the_line(session: Session, customer: Customer) -> None:
    # Lago 1778: a plan of 30.00, changed after ten days and again after twenty; each time the unused days come back.
    invoice_id = issue(session, customer, [(3000, 1900)])
    (base,) = lines_of(session, invoice_id)
    pay(session, customer, invoice_id, 3000)

    credit(session, invoice_id, CreditLine(base, eur(2000)))
    with pytest.raises(CreditTooHigh) as refused:
        credit(session, invoice_id, CreditLine(base, eur(1001)))
    credit(session, invoice_id, CreditLine(base, eur(1000)))

    assert refused.value.left == eur(1000)
    assert creditable(session, invoice_id) == {base: eur(0)}
    assert credit_of(session, customer.id) == eur(3000)


def test_cancelling_after_a_full_credit_credits_nothing_more(session: Session, customer: Customer) -> None:
    # Kill Bill 1505 broke off here with an illegal state.
    invoice_id = issue(session, customer, [(3999, 1900), (1000, 0)])
    base, _ = lines_of(session, invoice_id)
    credit(session, invoice_id, CreditLine(base))

    rest = credit_rest(session, invoice_id, CreditReason.CANCELLATION, now=NOW)
    again = credit_rest(session, invoice_id, CreditReason.CANCELLATION, now=NOW)

    assert rest is not None
    assert (rest.total_minor, credited_lines(session, rest.id)) == (1000, [1000])
    assert again is None


def test_a_change_after_a_change_corrects_what_is_left(session: Session, customer: Customer) -> None:
    # Kill Bill 159: the second change of an invoice that had been corrected brought no correction.
    # 31.00 for 31 days; 21 days come back, and of the ten that were left 4 more.
    invoice_id = issue(session, customer, [(3100, 1900)])
    (base,) = lines_of(session, invoice_id)

    first = credit(session, invoice_id, CreditLine(base, eur(2100)))
    second = credit(session, invoice_id, CreditLine(base, eur(400)))

    assert creditable(session, invoice_id) == {base: eur(600)}
    assert list_invoices(session, customer.id)[0].open_amount == eur(600)
    # 19/119 of 21.00 is 3.353, of 4.00 0.639.
    assert credited_taxes(session, first.id) == {1900: (1765, 335)}
    assert credited_taxes(session, second.id) == {1900: (336, 64)}


def test_nothing_left_makes_no_document(session: Session, customer: Customer) -> None:
    # ingadhoc/sale 1785 made notes of 0.01, and of nothing. Base and discount cancel out.
    invoice_id = issue(session, customer, [(3999, 1900), (-3999, 1900), (500, 0)])
    fee = lines_of(session, invoice_id)[2]
    credit(session, invoice_id, CreditLine(fee))

    assert credit_rest(session, invoice_id, CreditReason.CORRECTION, now=NOW) is None
    assert session.scalars(select(func.count()).select_from(CreditNote)).one() == 1


def test_a_note_takes_back_the_tax_that_the_invoice_stated(session: Session, customer: Customer) -> None:
    # PrestaShop 23821 recomputed. Three lines of 9.99 with 19 % inside: 29.97 holds 4.785, stated as 4.79;
    # of one line alone it would be 1.595 → 1.60, and three times 1.60 is 4.80.
    invoice_id = issue(session, customer, [(999, 1900), (999, 1900), (999, 1900)])

    notes = [credit(session, invoice_id, CreditLine(line)) for line in lines_of(session, invoice_id)]

    assert [credited_taxes(session, note.id)[1900] for note in notes] == [(839, 160), (839, 160), (840, 159)]
    assert sum(credited_taxes(session, note.id)[1900][1] for note in notes) == 479
