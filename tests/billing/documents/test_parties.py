"""An issued document keeps the names and addresses that it was issued with; only one made elsewhere shows today's."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.documents import credit_note_pdf, invoice_pdf, load_invoice
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.models.seller import Seller
from billing.parties import are_parties
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import make_contract, make_customer, make_invoice, make_plan
from tests.fakes.clock import DEFAULT_NOW


@pytest.fixture
def invoice_id(session_factory: sessionmaker[Session]) -> UUID:
    with session_factory.begin() as session:
        make_contract(session, make_customer(session), make_plan(session, base_minor=1499))
    run_billing(session_factory, BillingPeriod.month("2026-10"), now=DEFAULT_NOW)
    with session_factory() as session:
        return session.scalars(select(Invoice.id)).one()


def move_everybody(session: Session) -> None:
    session.scalars(select(Customer)).one().street = "Neue Straße 1"
    session.scalars(select(Customer)).one().language = "fi"
    session.scalars(select(Seller)).one().iban = "DE02120300000000202051"
    session.commit()


def credit(session: Session, invoice_id: UUID) -> CreditNote:
    line = session.scalars(select(LineItem.id).filter_by(invoice_id=invoice_id)).first()
    assert line is not None
    note = issue_credit_note(session, invoice_id, [CreditLine(line)], CreditReason.CORRECTION, now=DEFAULT_NOW)
    session.commit()
    return note


def test_who_moves_finds_the_old_address_on_the_old_invoice(invoice_id: UUID, session: Session) -> None:
    before = invoice_pdf(session, invoice_id)

    move_everybody(session)

    assert invoice_pdf(session, invoice_id) == before


def test_who_moves_finds_the_old_address_on_the_old_credit_note(invoice_id: UUID, session: Session) -> None:
    note = credit(session, invoice_id)
    before = credit_note_pdf(session, note.id)

    move_everybody(session)

    assert credit_note_pdf(session, note.id) == before


def test_a_credit_note_goes_to_the_address_of_its_own_day(invoice_id: UUID, session: Session) -> None:
    move_everybody(session)

    note = credit(session, invoice_id)

    assert note.parties is not None
    assert note.parties["customer"]["street"] == "Neue Straße 1"


def test_an_invoice_made_elsewhere_shows_the_address_of_today(session: Session) -> None:
    invoice = make_invoice(session, make_customer(session), due_on=date(2026, 11, 22))
    assert invoice.parties is None

    move_everybody(session)

    parties = load_invoice(session, invoice.id).parties
    assert (parties.customer.street, parties.seller.iban) == ("Neue Straße 1", "DE02120300000000202051")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.pop("seller"),
        lambda kept: kept["customer"].pop("street"),
        lambda kept: kept["customer"].update(phone="+49"),
        lambda kept: kept["seller"].update(iban=1),
        lambda kept: kept["customer"].update(language="sv"),
        lambda kept: kept.update(seller="Nordlicht"),
    ],
)
def test_parties_that_could_not_be_printed_are_told_apart(
    invoice_id: UUID, session: Session, spoil: Callable[[dict[str, object]], object]
) -> None:
    kept = session.get_one(Invoice, invoice_id).parties
    assert kept is not None
    assert are_parties(kept)
    copy = {name: dict(texts) for name, texts in kept.items()}

    spoil(copy)

    assert not are_parties(copy)
