"""The terms of a contract and a service that has stopped, told from billing."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.dunning import DunningKind, DunningStep
from billing.models.invoice import Invoice
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, make_subscriber
from tests.actions.said_facts import facts_fit
from tests.factories.billing import make_invoice

__all__ = ["facts_fit"]


@pytest.fixture
def contract(sessions: sessionmaker[Session]) -> Contract:
    """29.99 a month in Germany."""
    with sessions.begin() as session:
        return make_subscriber(session)


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(("language", "price"), [("en", "€29.99"), ("de", "29,99 €"), ("fi", "29,99 €")])
async def test_the_terms_are_those_of_the_contract(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, price: str
) -> None:
    with sessions.begin() as session:
        terms = {"minimum_term_until": date(2027, 3, 1), "termination_fee_minor": 4990}
        session.execute(update(Contract).values(terms))
    conversation.slots["language"] = language
    outcome = await ask_terms(conversation)

    assert outcome.said == [
        "utter_contracts_terms_plan",
        "utter_contracts_terms_bound",
        "utter_contracts_terms_fee",
        "utter_contracts_terms_more",
    ]
    assert price in outcome.facts("utter_contracts_terms_plan")["plan"].replace("\N{NO-BREAK SPACE}", " ")
    assert "49" in outcome.facts("utter_contracts_terms_fee")["fee"]
    assert "2027" in outcome.facts("utter_contracts_terms_bound")["until"]


@pytest.mark.usefixtures("contract")
async def test_a_minimum_term_that_is_over_costs_nothing_more(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        terms = {"minimum_term_until": date(2026, 11, 1), "termination_fee_minor": 4990}
        session.execute(update(Contract).values(terms))
    outcome = await ask_terms(conversation)

    assert outcome.said[1:3] == ["utter_contracts_terms_free", "utter_contracts_terms_notice"]
    assert outcome.facts("utter_contracts_terms_notice")["months"] == "1"


@pytest.mark.usefixtures("contract")
async def test_an_agreed_end_is_told_with_its_last_day(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(update(Contract).values(ended_on=date(2027, 1, 1)))

    assert (await ask_terms(conversation)).facts("utter_contracts_terms_ends")["until"] == "31 December"


async def ask_terms(conversation: Conversation) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_contract_terms", intent="ask_contract_terms")


def owe(sessions: sessionmaker[Session], contract: Contract, *, warned_on: date | None = None) -> Invoice:
    """120.00, due on 1 October."""
    with sessions.begin() as session:
        invoice = make_invoice(session, session.get_one(Customer, contract.customer_id), due_on=date(2026, 10, 1))
        if warned_on is not None:
            step = DunningStep(
                invoice_id=invoice.id,
                position=1,
                kind=DunningKind.CUT_OFF_WARNING,
                sent_on=warned_on,
                claimed_minor=12_000,
                fee_minor=0,
                law="",
            )
            session.add(step)
        return invoice


async def ask_why_it_stopped(conversation: Conversation) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_suspension", intent="service_suspended")


@pytest.mark.parametrize(
    ("language", "amount", "stop_on"),
    [("en", "€120.00", "19 November"), ("de", "120,00 €", "19. November"), ("fi", "120,00 €", "19. marraskuuta")],
)
async def test_after_a_warning_what_is_overdue_is_told_with_the_day_of_the_stop(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    contract: Contract,
    language: str,
    amount: str,
    stop_on: str,
) -> None:
    """In Germany the service may stop 14 days after the warning."""
    owe(sessions, contract, warned_on=date(2026, 11, 5))
    conversation.slots["language"] = language
    outcome = await ask_why_it_stopped(conversation)

    assert outcome.said == ["utter_contracts_overdue_stops", "utter_contracts_switch_on"]
    facts = outcome.facts("utter_contracts_overdue_stops")
    assert (facts["amount"].replace("\N{NO-BREAK SPACE}", " "), facts["stop_on"]) == (amount, stop_on)


async def test_without_a_warning_no_stop_is_claimed(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    owe(sessions, contract)
    outcome = await ask_why_it_stopped(conversation)

    assert outcome.facts("utter_contracts_overdue_unwarned")["due_on"] == "1 October"


@pytest.mark.usefixtures("contract")
async def test_with_nothing_overdue_a_person_looks_for_the_cause(conversation: Conversation) -> None:
    outcome = await ask_why_it_stopped(conversation)

    assert outcome.said == ["utter_contracts_not_suspended"]
    assert [command["reason"] for command in outcome.commands] == ["technical"]


@pytest.mark.usefixtures("contract")
async def test_a_contract_that_ended_goes_to_a_person(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(update(Contract).values(ended_on=date(2026, 11, 1)))
    outcome = await ask_why_it_stopped(conversation)

    assert outcome.facts("utter_contracts_ended")["day"] == "31 October"
    assert [command["reason"] for command in outcome.commands] == ["contract_ended"]
