"""What a dunning run tells: the list of the overdue, and the letters to them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.dunning.arrangements import agree_extension
from billing.dunning.dunning_accounts import load_overdue
from billing.dunning.dunning_run import list_overdue, run_dunning
from billing.dunning.plan import OverdueInvoice
from billing.models.customer import Customer
from billing.models.dunning import Arrangement, ArrangementStatus
from billing.models.seller import Seller
from billing.money import Money
from tests.billing.dunning.dunning_runs import DUE, messages, morning, overdue, run


def test_the_list_shows_what_is_claimed_and_which_letters_went_out(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    invoice = overdue(session)
    run(session_factory, 8)

    session.rollback()
    ((number, invoices),) = list_overdue(session, now=morning(9)).items()

    assert number == session.get_one(Customer, invoice.customer_id).number
    assert [(one.number, one.claim, len(one.steps)) for one in invoices] == [(invoice.number, Money(12_000, "EUR"), 1)]


def test_progress_tells_customers_done_and_in_all(session: Session, session_factory: sessionmaker[Session]) -> None:
    for _ in range(3):
        overdue(session)
    told: list[tuple[int, int]] = []

    run_dunning(session_factory, now=morning(8), progress=lambda done, in_all: told.append((done, in_all)))

    assert told == [(3, 3)]


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_a_letter_goes_to_the_registered_address_and_names_what_is_owed(
    session: Session, session_factory: sessionmaker[Session], language: str
) -> None:
    invoice = overdue(session, country="FI", email="aino@example.org", language=language)
    session.execute(update(Seller).values(iban="FI2112345600000785"))
    session.commit()

    run(session_factory, 15)

    (message,) = messages(session)
    assert (message.kind, message.recipient) == ("email", "aino@example.org")
    assert message.subject is not None
    assert invoice.number in message.subject
    body = message.body.replace("\N{NO-BREAK SPACE}", " ")
    amount = {"en": "€120.00", "de": "120,00 €", "fi": "120,00 €"}[language]
    fee = {"en": "€5.00", "de": "5,00 €", "fi": "5,00 €"}[language]
    assert amount in body
    assert fee in body
    assert "FI2112345600000785" in body
    assert "Lena Hoffmann" in body
    assert "{" not in body


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_without_an_address_a_text_message_goes_to_the_registered_phone(
    session: Session, session_factory: sessionmaker[Session], language: str
) -> None:
    overdue(session, language=language)

    run(session_factory, 7, 21, 35)

    phone = session.scalars(select(Customer.phone)).one()
    sent = messages(session)
    assert [(message.kind, message.recipient) for message in sent] == [("sms", phone)] * 3
    for message in sent:
        assert "\N{NO-BREAK SPACE}" not in message.body
        # € and the brackets count twice; two parts of a text in the cheap alphabet hold 306.
        assert len(message.body) + message.body.count("€") <= 306
    assert "120" in sent[2].body


def test_a_warning_names_the_day_from_which_the_service_may_stop(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    """35 days after 2 March is 6 April; two weeks later it is 20 April."""
    overdue(session, email="lena@example.org")

    run(session_factory, 7, 21, 35)

    warning = messages(session)[-1]
    assert "20.04.2026" in warning.body
    assert "Notrufe" in warning.body
    assert "Gerichten" in warning.body


def test_the_list_asks_as_often_for_many_customers_as_for_one(session: Session) -> None:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    overdue(session)
    counts = []
    event.listen(session.get_bind(), "before_cursor_execute", note)
    for _ in range(2):
        asked.clear()
        list_overdue(session, now=morning(9))
        counts.append(len(asked))
        for _ in range(5):
            overdue(session)
    event.remove(session.get_bind(), "before_cursor_execute", note)

    assert counts[0] == counts[1]


def test_the_list_takes_customers_in_turn_and_forgets_none(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.dunning.dunning_run.LIST_SIZE", 2)
    invoices = [overdue(session) for _ in range(5)]
    sizes: list[int] = []

    def note(session: Session, ids: Sequence[UUID], today: date) -> Mapping[UUID, Sequence[OverdueInvoice]]:
        sizes.append(len(ids))
        return load_overdue(session, ids, today)

    monkeypatch.setattr("billing.dunning.dunning_run.load_overdue", note)
    listed = list_overdue(session, now=morning(9))

    assert sizes == [2, 2, 1]
    assert sorted(one.number for some in listed.values() for one in some) == sorted(one.number for one in invoices)
    assert list(listed) == sorted(listed)


def test_the_list_shows_a_broken_agreement_and_writes_nothing(session: Session) -> None:
    invoice = overdue(session)
    agree_extension(session, invoice.customer_id, invoice.id, DUE + timedelta(days=10), now=morning(1))
    session.commit()

    ((shown,),) = list_overdue(session, now=morning(12)).values()

    assert (shown.is_arranged, shown.payable_on) == (False, DUE + timedelta(days=10))
    assert not session.dirty
    assert session.scalars(select(Arrangement.status)).one() is ArrangementStatus.ACTIVE
