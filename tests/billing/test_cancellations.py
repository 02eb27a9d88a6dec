"""A cancellation is on record from its first word; what becomes known later is added."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.human_tasks import close_task, list_open_tasks
from billing.law import law_of
from billing.models.contract import Contract
from billing.models.human_task import TaskKind
from billing.models.outbox import OutboxMessage
from billing.terms.cancellations import latest_end, queue_receipt, state_cancellation
from billing.terms.running_contracts import list_running_contracts
from tests.factories.billing import make_contract, make_customer, make_plan

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
TALK = UUID("3f9a2c1b-0000-4000-8000-000000000000")


@pytest.fixture
def contract(session: Session) -> Contract:
    customer = make_customer(session, email="lena@post.example")
    return make_contract(session, customer, make_plan(session, name="Mobile S"), started_on=date(2026, 1, 1))


def test_somebody_unknown_has_cancelled_too(session: Session) -> None:
    stated = state_cancellation(session, TALK, claimed_number="53464097", now=NOW)

    (task,) = list_open_tasks(session)
    assert (stated.reference, stated.stated_at, stated.is_new) == ("K3F9A2C1", NOW, True)
    assert (task.kind, task.customer_number, task.created_at) == (TaskKind.CANCELLATION_STATED, None, NOW)
    assert task.facts["claimed_customer_number"] == "53464097"


def test_saying_it_again_changes_nothing(session: Session) -> None:
    first = state_cancellation(session, TALK, now=NOW)
    second = state_cancellation(session, TALK, now=LATER)

    assert (second.reference, second.stated_at, second.is_new) == (first.reference, NOW, False)
    assert len(list_open_tasks(session)) == 1


def test_who_it_was_is_added_and_the_time_stays(session: Session, contract: Contract) -> None:
    running = list_running_contracts(session, contract.customer_id, TODAY)
    state_cancellation(session, TALK, now=NOW)
    stated = state_cancellation(session, TALK, customer_id=contract.customer_id, contracts=running, now=LATER)

    (task,) = list_open_tasks(session)
    assert (stated.stated_at, stated.contracts) == (NOW, (str(contract.id),))
    assert task.customer_number is not None


def test_what_is_stated_again_or_added_to_waits_again_after_it_was_finished(
    session: Session, contract: Contract
) -> None:
    state_cancellation(session, TALK, now=NOW)
    for customer_id in (None, contract.customer_id, contract.customer_id):
        close_task(session, f"cancellation:{TALK}", now=NOW)
        assert list_open_tasks(session) == []

        state_cancellation(session, TALK, customer_id=customer_id, now=LATER)

        assert len(list_open_tasks(session)) == 1


def test_two_customers_of_one_conversation_have_one_each(session: Session, contract: Contract) -> None:
    """The second one has a time and a reference of its own, and nothing of the first one's contracts."""
    running = list_running_contracts(session, contract.customer_id, TODAY)
    first = state_cancellation(session, TALK, customer_id=contract.customer_id, contracts=running, now=NOW)
    second_customer = make_customer(session)

    second = state_cancellation(session, TALK, customer_id=second_customer.id, now=LATER)
    again = state_cancellation(session, TALK, customer_id=contract.customer_id, now=LATER)

    assert (second.stated_at, second.is_new, second.contracts) == (LATER, True, ())
    assert second.reference != first.reference
    assert (again.reference, again.stated_at, again.contracts) == (first.reference, NOW, first.contracts)
    customers = [task.customer_number for task in list_open_tasks(session)]
    assert customers[1:] == [second_customer.number]


def test_what_somebody_unknown_stated_belongs_to_the_first_who_is_verified(
    session: Session, contract: Contract
) -> None:
    unknown = state_cancellation(session, TALK, now=NOW)
    first = state_cancellation(session, TALK, customer_id=contract.customer_id, now=LATER)
    second = state_cancellation(session, TALK, customer_id=make_customer(session).id, now=LATER)

    assert (first.reference, first.stated_at) == (unknown.reference, NOW)
    assert (second.reference != first.reference, second.stated_at) == (True, LATER)


def test_somebody_unknown_does_not_take_over_what_a_customer_stated(session: Session, contract: Contract) -> None:
    stated = state_cancellation(session, TALK, customer_id=contract.customer_id, now=NOW)
    unknown = state_cancellation(session, TALK, claimed_number="11111111", now=LATER)

    assert (unknown.stated_at, unknown.reference != stated.reference) == (LATER, True)
    assert [task.facts.get("claimed_customer_number") for task in list_open_tasks(session)] == [None, "11111111"]


def test_the_receipt_names_day_time_and_contract_and_goes_out_once(session: Session, contract: Contract) -> None:
    """08:30 in UTC is 9:30 in Berlin."""
    contract.number = "53464097-1"
    session.flush()
    running = list_running_contracts(session, contract.customer_id, TODAY)
    for _ in range(2):
        stated = state_cancellation(session, TALK, customer_id=contract.customer_id, contracts=running, now=NOW)
        assert queue_receipt(session, contract.customer_id, stated, running, now=NOW)

    (letter,) = session.scalars(select(OutboxMessage)).all()
    assert letter.recipient == "lena@post.example"
    body = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert all(word in body for word in ("22.11.2026", "09:30 Uhr", "Mobile S (53464097-1)", "K3F9A2C1"))


@pytest.mark.parametrize(
    ("bound_until", "country", "end"),
    [
        (None, "DE", date(2026, 12, 22)),
        (date(2026, 12, 1), "DE", date(2026, 12, 22)),
        (date(2027, 6, 1), "DE", date(2027, 6, 1)),
        (None, "FI", None),
    ],
)
def test_a_contract_ends_a_month_after_notice_or_with_its_minimum_term(
    session: Session, bound_until: date | None, country: str, end: date | None
) -> None:
    customer = make_customer(session, country=country)
    contract = make_contract(session, customer, make_plan(session, country=country), started_on=date(2026, 1, 1))
    contract.minimum_term_until = bound_until
    session.flush()

    (running,) = list_running_contracts(session, customer.id, TODAY)

    assert latest_end(running, law_of(country)) == end


def test_without_an_address_there_is_no_letter(session: Session) -> None:
    customer = make_customer(session)
    stated = state_cancellation(session, uuid4(), customer_id=customer.id, now=NOW)

    assert not queue_receipt(session, customer.id, stated, (), now=NOW)
