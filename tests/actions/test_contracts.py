"""Whether another plan would have cost less, told with the months that were."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.contract import Contract
from billing.models.plan import Plan
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, make_subscriber
from tests.factories.billing import make_plan, make_usage


async def ask(conversation: Conversation) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_advise_plan", intent="lower_bill")


def subscribe(session: Session, *gigabytes: int, larger_minor: int | None = 2499) -> None:
    """On 14.99 with 10 GB and 2.00 for each more; one month's usage each, the last one October."""
    contract = make_subscriber(
        session,
        base_minor=1499,
        unit="GB",
        included=10,
        unit_price_micro=2_000_000,
        started_on=date(2026, 11 - len(gigabytes), 1),
    )
    for month, quantity in enumerate(gigabytes, 11 - len(gigabytes)):
        make_usage(session, contract, used_on=date(2026, month, 9), quantity=quantity)
    if larger_minor is not None:
        make_plan(session, name="Mobile L", base_minor=larger_minor, unit="GB", included=40, unit_price_micro=2_000_000)
    session.execute(update(Plan).values(product="mobile"))


async def test_a_cheaper_plan_is_named_with_what_it_saves(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """18 and 20 GB cost 14.99 + 16.00 and 14.99 + 20.00; the larger plan 24.99 each time."""
    with sessions.begin() as session:
        subscribe(session, 18, 20)

    outcome = await ask(conversation)

    assert outcome.said == [
        "utter_contracts_cheaper_plan",
        "utter_contracts_range",
        "utter_contracts_change_offer",
    ]
    (button,) = outcome.facts("utter_contracts_change_offer")["buttons"]
    assert button["title"] == "Mobile L, €24.99"
    assert button["payload"].startswith('/change_plan{"plan"')
    advice = outcome.facts("utter_contracts_cheaper_plan")
    assert (advice["plan"], advice["name"], advice["saving"], advice["months"]) == (
        "Mobile L",
        "Mobile S",
        "€8.00",
        "2",
    )
    assert outcome.facts("utter_contracts_range")["least"] == "€6.00"
    assert outcome.facts("utter_contracts_range")["most"] == "€10.00"


async def test_months_that_would_have_been_dearer_are_told(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """10 GB would have cost 10.00 more; 25 GB, at 44.99, 20.00 less."""
    with sessions.begin() as session:
        subscribe(session, 10, 25)

    outcome = await ask(conversation)

    dearer = outcome.facts("utter_contracts_dearer_months")
    assert (dearer["count"], dearer["most_dearer"]) == ("1", "€10.00")
    assert "utter_contracts_range" not in outcome.said


async def test_a_plan_that_is_often_dearer_says_so_when_it_is_recommended(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """In two of six months 10 GB at 14.99 would have cost 10.00 more; in four 25 GB, at 44.99, 20.00 less each.

    4 * 20.00 - 2 * 10.00 = 60.00, which is 10.00 a month.
    """
    with sessions.begin() as session:
        subscribe(session, 25, 10, 25, 10, 25, 25)

    outcome = await ask(conversation)

    assert outcome.said[:2] == ["utter_contracts_cheaper_plan", "utter_contracts_dearer_months"]
    advice = outcome.facts("utter_contracts_cheaper_plan")
    assert (advice["saving"], advice["months"]) == ("€10.00", "6")
    dearer = outcome.facts("utter_contracts_dearer_months")
    assert (dearer["count"], dearer["most_dearer"]) == ("2", "€10.00")


async def test_a_cheaper_plan_that_the_minimum_term_forbids_is_for_a_person(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """4 GB cost 14.99 as it is and 12.99 on the smaller plan."""
    with sessions.begin() as session:
        subscribe(session, 4, 4, larger_minor=1299)
        session.execute(update(Contract).values(minimum_term_until=date(2027, 6, 1)))

    outcome = await ask(conversation)

    assert outcome.said == [
        "utter_contracts_cheaper_plan",
        "utter_contracts_minimum_term",
        "utter_contracts_change_by_person",
    ]


async def test_who_is_on_the_best_plan_is_told_so(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        subscribe(session, 8, 9)

    assert (await ask(conversation)).said == ["utter_contracts_best_plan"]


async def test_without_another_plan_a_person_can_look(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        subscribe(session, 20, larger_minor=None)

    assert (await ask(conversation)).said == ["utter_contracts_nothing_to_compare"]
