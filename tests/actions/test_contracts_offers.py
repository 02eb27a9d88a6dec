"""Discounts, promised offers and extras: what billing knows is told, the rest goes to a person with its reason."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.contract import Contract
from billing.models.plan import Plan, PriceVersion
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, make_subscriber
from tests.actions.said_facts import facts_fit
from tests.factories.billing import make_discount, make_one_off, make_plan, make_usage

__all__ = ["facts_fit"]


@pytest.fixture
def contract(sessions: sessionmaker[Session]) -> Contract:
    """On 14.99 with 10 GB and 2.00 for each more, since January."""
    with sessions.begin() as session:
        return make_subscriber(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)


def add_larger_plan(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_plan(session, name="Mobile L", base_minor=2499, unit="GB", included=40, unit_price_micro=1_500_000)
        session.execute(update(Plan).values(product="mobile"))


def use_much(sessions: sessionmaker[Session], contract: Contract) -> None:
    """20 GB in each whole month: 34.99 as it is."""
    with sessions.begin() as session:
        for month in range(1, 11):
            make_usage(session, contract, used_on=date(2026, month, 9), quantity=20)


def give_discount(sessions: sessionmaker[Session], contract: Contract, start: date, end: date | None) -> None:
    with sessions.begin() as session:
        make_discount(session, contract, amount_minor=500, valid_from=start, valid_to=end)


async def ask(conversation: Conversation, action: str, intent: str, text: str = "", **entities: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run(action, intent=intent, text=text, entities=entities)


def reasons(outcome: Outcome) -> list[str]:
    return [command["reason"] for command in outcome.commands]


async def wish(conversation: Conversation, **entities: str) -> Outcome:
    return await ask(conversation, "action_answer_discount_wish", "ask_discount", **entities)


@pytest.mark.parametrize(("language", "saving"), [("en", "€10.00"), ("de", "10,00 €"), ("fi", "10,00 €")])
async def test_who_wants_a_discount_first_hears_of_the_cheaper_plan(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, language: str, saving: str
) -> None:
    add_larger_plan(sessions)
    use_much(sessions, contract)
    conversation.slots["language"] = language
    outcome = await wish(conversation)

    assert outcome.said == ["utter_contracts_discount_plan", "utter_contracts_discount_or_plan"]
    assert outcome.facts("utter_contracts_discount_plan")["saving"].replace("\N{NO-BREAK SPACE}", " ") == saving
    payloads = [button["payload"] for button in outcome.facts("utter_contracts_discount_or_plan")["buttons"]]
    assert payloads[0].startswith("/change_plan{")
    assert payloads[1] == '/ask_discount{"person": "yes"}'
    assert outcome.commands == []


@pytest.mark.usefixtures("contract")
async def test_without_one_a_person_gets_the_wish_with_its_reason(conversation: Conversation) -> None:
    outcome = await wish(conversation)

    assert outcome.said == ["utter_contracts_discount_by_person"]
    assert reasons(outcome) == ["discount"]
    assert outcome.commands[0]["topic"] == "contracts"


async def test_who_insists_on_a_discount_gets_a_person(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    add_larger_plan(sessions)
    use_much(sessions, contract)
    by_button = await wish(conversation, person="yes")
    conversation.was_said("ask_discount", "utter_contracts_discount_or_plan")
    conversation.next_turn()
    by_words = await wish(conversation)

    assert (reasons(by_button), reasons(by_words)) == (["discount"], ["discount"])


async def claim(conversation: Conversation) -> Outcome:
    return await ask(conversation, "action_check_offer", "claim_offer", "your letter promised 50 % off")


@pytest.mark.usefixtures("contract")
async def test_an_offer_that_nobody_finds_is_not_confirmed(conversation: Conversation) -> None:
    outcome = await claim(conversation)

    assert outcome.said == ["utter_contracts_offer_not_found"]
    assert reasons(outcome) == ["claimed_offer"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- Welcome discount: €5.00 a month less, since 1 June, until 31 May 2027"),
        ("de", "- Willkommensrabatt: 5,00 € im Monat weniger, seit 1. Juni, bis 31. Mai 2027"),
        ("fi", "- Tervetuloalennus: 5,00 € kuussa vähemmän, alkanut 1. kesäkuuta, päättyy 31. toukokuuta 2027"),
    ],
)
async def test_an_offer_on_the_contract_is_told_with_its_amount_and_its_days(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, language: str, line: str
) -> None:
    give_discount(sessions, contract, date(2026, 6, 1), date(2027, 6, 1))
    conversation.slots["language"] = language
    outcome = await claim(conversation)

    assert outcome.said == ["utter_contracts_discounts", "utter_contracts_offer_other"]
    told = outcome.facts("utter_contracts_discounts")["discounts"]
    assert told.replace("\N{NO-BREAK SPACE}", " ") == line
    assert outcome.commands == []


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 1, 1), date(2026, 11, 1), "ended on 31 October"),
        (date(2026, 12, 1), None, "from 1 December"),
        (date(2026, 12, 1), date(2027, 1, 1), "from 1 December until 31 December"),
        (date(2026, 1, 1), None, "since 1 January"),
    ],
)
async def test_a_discount_that_is_over_or_still_to_come_is_told_as_that(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    contract: Contract,
    start: date,
    end: date | None,
    words: str,
) -> None:
    give_discount(sessions, contract, start, end)
    told = (await claim(conversation)).facts("utter_contracts_discounts")["discounts"]

    assert told == f"- Welcome discount: €5.00 a month less, {words}"


async def test_a_discount_that_ended_long_ago_is_no_answer(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    give_discount(sessions, contract, date(2026, 1, 1), date(2026, 3, 1))

    assert (await claim(conversation)).said == ["utter_contracts_offer_not_found"]


async def want_more(conversation: Conversation, text: str = "my data is used up", **entities: str) -> Outcome:
    return await ask(conversation, "action_tell_options", "buy_option", text, **entities)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Mobile S, €14.99 a month with 10 GB, then €2.00 per GB"),
        ("de", "Mobile S, 14,99 € im Monat mit 10 GB, danach 2,00 € je GB"),
        ("fi", "Mobile S, 14,99 € kuussa, sisältää 10 Gt, sen jälkeen 2,00 € / Gt"),
    ],
)
async def test_before_any_purchase_the_price_of_more_is_told(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, language: str, line: str
) -> None:
    add_larger_plan(sessions)
    conversation.slots["language"] = language
    outcome = await want_more(conversation)

    assert outcome.said == ["utter_contracts_own_plan", "utter_contracts_more_included"]
    assert outcome.facts("utter_contracts_own_plan")["plan"].replace("\N{NO-BREAK SPACE}", " ") == line
    payloads = [button["payload"] for button in outcome.facts("utter_contracts_more_included")["buttons"]]
    assert payloads[0].startswith("/change_plan{")
    assert payloads[1] == '/buy_option{"person": "yes"}'


@pytest.mark.parametrize(
    ("language", "used", "world"),
    [("en", "7 GB", "€9.90"), ("de", "7 GB", "9,90 €"), ("fi", "7 Gt", "9,90 €")],
)
async def test_what_is_used_so_far_and_what_it_costs_outside_the_eu_is_told(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    contract: Contract,
    language: str,
    used: str,
    world: str,
) -> None:
    with sessions.begin() as session:
        for day, quantity in ((3, 2), (12, 5)):
            make_usage(session, contract, used_on=date(2026, 11, day), quantity=quantity)
        make_usage(session, contract, used_on=date(2026, 10, 31), quantity=90)
        session.execute(update(PriceVersion).values(world_unit_price_micro=9_900_000))
    conversation.slots["language"] = language
    outcome = await want_more(conversation)

    assert outcome.facts("utter_contracts_used_so_far")["used"].replace("\N{NO-BREAK SPACE}", " ") == used
    assert outcome.facts("utter_contracts_world_price")["unit_price"].replace("\N{NO-BREAK SPACE}", " ") == world


@pytest.mark.usefixtures("contract")
async def test_a_purchase_is_made_with_a_person(conversation: Conversation) -> None:
    told = await want_more(conversation)
    conversation.next_turn()
    handed = await want_more(conversation, "", person="yes")

    assert told.said == ["utter_contracts_own_plan", "utter_contracts_option_by_person"]
    assert reasons(handed) == ["buy_option"]


@pytest.mark.parametrize("text", ["remove the roaming pack", "Option abbestellen", "poista lisäpalvelu"])
async def test_what_shall_go_is_compared_with_what_is_booked(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, text: str
) -> None:
    with sessions.begin() as session:
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=1299)
        make_one_off(session, contract, charged_on=date(2026, 5, 8), amount_minor=777, reference="WO-2")
    outcome = await want_more(conversation, text)

    assert outcome.said == [
        "utter_contracts_own_plan",
        "utter_contracts_charges_booked",
        "utter_contracts_charge_unknown",
    ]
    assert outcome.facts("utter_contracts_charges_booked")["charges"] == "- Technician visit, 8 October: €12.99"


@pytest.mark.usefixtures("contract")
async def test_where_nothing_is_booked_that_is_said(conversation: Conversation) -> None:
    outcome = await want_more(conversation, "remove the TV package")

    assert outcome.said == ["utter_contracts_own_plan", "utter_contracts_nothing_booked"]


async def test_nobody_hears_anything_before_the_code(conversation: Conversation, contract: Contract) -> None:
    for action, intent in (
        ("action_tell_options", "buy_option"),
        ("action_check_offer", "claim_offer"),
        ("action_answer_discount_wish", "ask_discount"),
        ("action_tell_contract_terms", "ask_contract_terms"),
        ("action_tell_suspension", "service_suspended"),
        ("action_preview_plan_change", "change_plan"),
    ):
        outcome = await conversation.run(action, intent=intent)
        assert (outcome.messages, outcome.goes_on_with) == ([], "identity_form")
