"""Paying later or in parts: what is possible, nothing before a plain yes, and exactly what was offered after it."""

import json
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.dunning import Arrangement, ArrangementKind, ArrangementStatus
from tests.actions.conversation import Conversation
from tests.actions.customers import OCTOBER, bill_of
from tests.actions.payment_plan import LATER, PARTS, agree, agreed, ask, bills, number_of, october_is_open
from tests.factories.billing import make_payment

__all__ = ["bills", "october_is_open"]


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    ("language", "amount", "lines"),
    [
        (
            "en",
            "€109.99",
            [
                "all of it by 21 December",
                "in 2 parts: €55.00 by 5 December, €54.99 by 5 January 2027",
                "in 3 parts: €36.67 by 5 December, €36.66 by 5 January 2027, €36.66 by 5 February 2027",
            ],
        ),
        (
            "de",
            "109,99\xa0€",
            [
                "alles bis 21. Dezember",
                "in 2 Raten: 55,00\xa0€ bis 5. Dezember, 54,99\xa0€ bis 5. Januar 2027",
                "in 3 Raten: 36,67\xa0€ bis 5. Dezember, 36,66\xa0€ bis 5. Januar 2027, 36,66\xa0€ bis 5. Februar 2027",
            ],
        ),
        (
            "fi",
            "109,99\xa0€",
            [
                "kaikki viimeistään 21. joulukuuta",
                "2 erässä: 55,00\xa0€ viimeistään 5. joulukuuta, 54,99\xa0€ viimeistään 5. tammikuuta 2027",
                "3 erässä: 36,67\xa0€ viimeistään 5. joulukuuta, 36,66\xa0€ viimeistään 5. tammikuuta 2027, "
                "36,66\xa0€ viimeistään 5. helmikuuta 2027",
            ],
        ),
    ],
)
async def test_what_is_possible_is_said_with_days_and_amounts(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, amount: str, lines: list[str]
) -> None:
    outcome = await ask(conversation, language=language)

    facts = outcome.facts("utter_payments_plan_options")
    assert facts["amount"] == amount
    assert facts["lines"].split("\n")[:3] == lines
    payloads = [json.loads(button["payload"].removeprefix("/payment_plan")) for button in facts["buttons"]]
    assert [payload["parts"] for payload in payloads] == ["1", "2", "3", "6"]
    assert {payload["invoice_number"] for payload in payloads} == {number_of(sessions, OCTOBER)}
    assert agreed(sessions) == []


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    ("language", "last"),
    [
        ("en", "in 6 parts of at most €18.34, monthly from 5 December"),
        ("de", "in 6 Raten von höchstens 18,34\xa0€, monatlich ab 5. Dezember"),
        ("fi", "6 erässä, enintään 18,34\xa0€ kerralla, kuukausittain 5. joulukuuta alkaen"),
    ],
)
async def test_a_text_message_is_short_and_says_how_to_answer(
    conversation: Conversation, language: str, last: str
) -> None:
    """109.99 in 6 parts is 18.34 once and 18.33 five times."""
    conversation.slots["channel"] = "sms"

    outcome = await ask(conversation, language=language)

    lines = outcome.facts("utter_payments_plan_options")["lines"].split("\n")
    assert (len(lines), lines[-1]) == (4, last)
    assert outcome.said[-1] == "utter_payments_plan_how_to_answer"


@pytest.mark.usefixtures("october_is_open")
async def test_all_of_it_later_is_agreed_after_a_yes(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    asked = await ask(conversation, parts="1")
    assert agreed(sessions) == []
    outcome = await agree(conversation, LATER)

    assert (asked.facts(LATER)["amount"], asked.facts(LATER)["until"]) == ("€109.99", "21 December")
    facts = outcome.facts("utter_payments_plan_agreed_later")
    assert (facts["amount"], facts["until"]) == ("€109.99", "21 December")
    assert agreed(sessions) == [("extension", [(date(2026, 12, 21), 10_999)])]
    assert conversation.slots["payments_offer"] is None


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    ("language", "text", "yes"),
    [("en", "in three parts", "yes please"), ("de", "in drei Raten", "ja bitte"), ("fi", "kolmessa erässä", "joo")],
)
async def test_parts_are_agreed_in_words(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, text: str, yes: str
) -> None:
    asked = await ask(conversation, text, language)
    outcome = await agree(conversation, PARTS, yes)

    expected = [(date(2026, 12, 5), 3667), (date(2027, 1, 5), 3666), (date(2027, 2, 5), 3666)]
    assert agreed(sessions) == [("instalments", expected)]
    lines = outcome.facts("utter_payments_plan_agreed_parts")["lines"]
    assert lines == asked.facts(PARTS)["lines"]
    assert len(lines.split("\n")) == 3


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize("text", ["yes but only from January", "ok whatever", "yes?", "no", ""])
async def test_anything_but_a_plain_yes_agrees_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    await ask(conversation, parts="2")
    if text:
        outcome = await agree(conversation, PARTS, text)
        assert outcome.goes_on_with == "action_offer_payment_plan"

    assert agreed(sessions) == []


@pytest.mark.usefixtures("october_is_open")
async def test_a_double_tap_agrees_once(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    await ask(conversation, parts="1")
    kept = dict(conversation.slots)
    first = await agree(conversation, LATER)
    conversation.slots = kept
    pressed = conversation.press_yes("payments_offer")
    again = await conversation.run("action_agree_extension", intent="agree_extension", entities=pressed)
    conversation.next_turn()
    later = await conversation.run("action_agree_extension", intent="agree_extension", entities=pressed)

    assert first.said == again.said == ["utter_payments_plan_agreed_later"]
    assert later.said == ["utter_payments_plan_changed"]
    assert len(agreed(sessions)) == 1


@pytest.mark.usefixtures("october_is_open")
async def test_an_older_button_agrees_to_no_newer_offer(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    older = (await ask(conversation, parts="2")).facts(PARTS)["offer"]
    await ask(conversation, parts="3")
    conversation.was_said("payment_plan", PARTS)
    conversation.next_turn()

    outcome = await conversation.run("action_agree_instalments", intent="agree_instalments", entities={"offer": older})

    assert (outcome.said, outcome.goes_on_with) == (["utter_payments_plan_changed"], "action_offer_payment_plan")
    assert agreed(sessions) == []


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize("change", ["paid", "another_day", "another_bill", "no_slot"])
async def test_an_offer_that_no_longer_holds_agrees_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], change: str
) -> None:
    await ask(conversation, parts="1")
    offered = json.loads(conversation.slots["payments_offer"])
    if change == "paid":
        with sessions.begin() as session:
            make_payment(session, bill_of(session, OCTOBER), received_on=date(2026, 11, 21), amount_minor=1000)
    elif change == "another_day":
        offered["parts"][0][0] = "2027-06-30"
    elif change == "another_bill":
        offered["invoice_number"] = "DE-2026-999999"
    conversation.slots["payments_offer"] = None if change == "no_slot" else json.dumps(offered)

    outcome = await agree(conversation, LATER)

    assert (outcome.said, outcome.goes_on_with) == (["utter_payments_plan_changed"], "action_offer_payment_plan")
    assert agreed(sessions) == []


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    ("entities", "until"),
    [
        ({"date": "--12-15"}, "15 December"),
        ({"date": "weekday:5"}, "27 November"),
        ({"date": "2026-12-01"}, "1 December"),
        ({"date": "day+1"}, "22 November"),
        ({"period": "--12"}, "21 December"),
        ({"period": "month+1"}, "21 December"),
    ],
)
async def test_a_day_or_month_that_is_wished_for_is_taken(
    conversation: Conversation, entities: dict[str, str], until: str
) -> None:
    assert (await ask(conversation, **entities)).facts(LATER)["until"] == until


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    "entities", [{"date": "2027-01-15"}, {"period": "--01"}, {"period": "year+1"}, {"date": "day+0"}, {"parts": "12"}]
)
async def test_what_goes_too_far_is_said_with_what_is_possible(
    conversation: Conversation, entities: dict[str, str]
) -> None:
    outcome = await ask(conversation, **entities)

    assert outcome.said == ["utter_payments_plan_not_so", "utter_payments_plan_options"]


@pytest.mark.usefixtures("october_is_open")
async def test_what_was_agreed_is_told_with_what_is_owed(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await ask(conversation, parts="3")
    await agree(conversation, PARTS)
    with sessions.begin() as session:
        make_payment(session, bill_of(session, OCTOBER), received_on=date(2026, 11, 21), amount_minor=5000)
        number = bill_of(session, OCTOBER).number
    conversation.next_turn()

    outcome = await conversation.run("action_tell_balance_due", intent="check_balance_due")

    # 50.00 pays the first part of 36.67 and 13.33 of the second.
    facts = outcome.facts("utter_payments_plan_next_part")
    assert (facts["number"], facts["amount"], facts["due_on"]) == (number, "€23.33", "5 January 2027")


@pytest.mark.usefixtures("october_is_open")
async def test_who_is_not_verified_gets_no_offer(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    outcome = await conversation.run("action_offer_payment_plan", intent="payment_plan", entities={"parts": "1"})

    assert (outcome.said, outcome.goes_on_with) == ([], "identity_form")
    assert conversation.slots.get("payments_offer") is None


@pytest.mark.usefixtures("october_is_open")
async def test_an_agreement_costs_nothing_and_holds_at_once(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await ask(conversation, parts="1")
    await agree(conversation, LATER)

    with sessions() as session:
        (row,) = session.scalars(select(Arrangement)).all()
        assert (row.kind, row.status, row.fee_minor) == (ArrangementKind.EXTENSION, ArrangementStatus.ACTIVE, 0)
