"""Nothing changes without a plain yes to the effects that were listed just before, and one yes changes it once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.e2e import accounts
from tests.e2e.running_system import RunningSystem
from tests.e2e.spelling import amount, day
from tests.e2e.talk import LANGUAGES, Answer, Talk, button_id, words

YES = 0  # the first button of a list of effects
LATER = "utter_payments_plan_confirm_later"
REFUND = "utter_payments_refund_confirm"
OBJECTION = "utter_disputes_confirm"
CHANGE = "utter_contracts_change_confirm"
CANCELLATIONS = "SELECT * FROM human_task WHERE kind = 'cancellation_stated' AND facts LIKE ?"
ZONES = (ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Helsinki"))


@pytest.fixture(params=LANGUAGES)
def talk(system: RunningSystem, request: pytest.FixtureRequest) -> Iterator[Talk]:
    with Talk(system, request.param) as opened:
        yield opened


def place_of(talk: Talk) -> int:
    return LANGUAGES.index(talk.language)


def say(talk: Talk, wish: str) -> Answer:
    return talk.tell(words(wish, talk.language))


def tap_twice(talk: Talk, answer: Answer) -> Answer:
    """Press the yes twice before the first answer is there, and return the answer to the second."""
    yes = button_id(YES, answer)
    talk.press_button(yes)
    return talk.press(YES, answer)


def test_paying_later_is_agreed_by_a_plain_yes_only(talk: Talk) -> None:
    number = accounts.owing(talk.system, 6 + place_of(talk))
    bill = accounts.open_bill(talk.system, number)
    say(talk, "pay_later")
    options = talk.verify(number)
    effects = talk.press(0, options)
    told = effects.facts(LATER)
    assert told["amount"] == amount(bill["open_minor"], talk.language)

    say(talk, "whatever")
    say(talk, "yes_but")
    assert accounts.count(talk.system, "arrangement", number) == 0

    say(talk, "pay_later")
    talk.press(0, options)
    agreed = say(talk, "yes").facts("utter_payments_plan_agreed_later")

    (row,) = of_customer(talk.system, "arrangement", number)
    assert (row["kind"], row["invoice_id"], row["fee_minor"]) == ("extension", bill["id"], 0)
    (part,) = talk.system.sql("SELECT * FROM instalment WHERE arrangement_id = ?", row["id"])
    assert part["amount_minor"] == bill["open_minor"]
    until = day(part["due_on"], talk.language, talk.system)
    assert agreed == {"amount": told["amount"], "number": bill["number"], "until": until}
    assert told["until"] == until
    say(talk, "yes")
    talk.press(YES, effects)
    assert accounts.count(talk.system, "arrangement", number) == 1


def test_a_credit_is_paid_back_once_however_often_it_is_tapped(talk: Talk) -> None:
    number = accounts.with_credit(talk.system, 3 + place_of(talk))
    credit = accounts.credit_minor(talk.system, number)
    say(talk, "refund")
    effects = talk.verify(number)
    assert effects.facts(REFUND)["amount"] == amount(credit, talk.language)
    say(talk, "no")
    assert accounts.count(talk.system, "refund", number) == 0

    tap_twice(talk, say(talk, "refund"))

    (row,) = of_customer(talk.system, "refund", number)
    assert (row["amount_minor"], row["status"]) == (credit, "requested")
    waiting = say(talk, "refund_status").facts("utter_payments_refund_waiting")
    assert waiting["amount"] == amount(credit, talk.language)
    assert say(talk, "refund").says("utter_payments_refund_waiting")
    assert accounts.count(talk.system, "refund", number) == 1


def test_an_objection_is_passed_on_after_its_effects_and_once(talk: Talk) -> None:
    number = accounts.settled(talk.system, 12 + place_of(talk))
    newest, *_ = accounts.bills(talk.system, number)
    say(talk, "dispute")
    checked = talk.verify(number)
    assert checked.says("utter_disputes_checked_fine"), checked.text
    effects = talk.press(1, checked)
    assert effects.facts(OBJECTION)["amount"] == amount(newest["total_minor"], talk.language)

    digression = say(talk, "are_you_a_bot")
    assert digression.says("utter_smalltalk_bot")
    say(talk, "yes")
    assert accounts.count(talk.system, "dispute", number) == 0

    effects = talk.press(1, checked)
    opened = tap_twice(talk, effects)

    (row,) = of_customer(talk.system, "dispute", number)
    assert (row["invoice_id"], row["status"]) == (newest["id"], "open")
    assert day(row["answer_by"], talk.language, talk.system) in opened.text


def test_a_plan_changes_after_the_yes_to_its_price_and_once(talk: Talk) -> None:
    number = accounts.on_mobile_s(talk.system, place_of(talk))
    before = accounts.phases(talk.system, number)
    country = accounts.customer(talk.system, number)["country"]
    say(talk, "change_to_mobile_l")
    effects = talk.verify(number)
    told = effects.facts("utter_contracts_change_effects")
    assert effects.says(CHANGE)
    assert amount(price_of(talk.system, "mobile_l", country), talk.language) in told["plan"]
    assert told["price_now"] == amount(price_of(talk.system, "mobile_s", country), talk.language)
    say(talk, "yes_but")
    say(talk, "yes")
    assert accounts.phases(talk.system, number) == before

    tap_twice(talk, say(talk, "change_to_mobile_l"))

    *_, old, new = accounts.phases(talk.system, number)
    assert len(accounts.phases(talk.system, number)) == len(before) + 1
    assert (old[0], new[0], old[2]) == ("mobile_s", "mobile_l", new[1])
    assert told["day"] == day(new[1], talk.language, talk.system)


def test_a_cancellation_is_taken_before_anything_is_asked(talk: Talk) -> None:
    said_at = datetime.now(UTC)

    told = say(talk, "cancel").facts("utter_contracts_end_recorded")

    (row,) = talk.system.sql(CANCELLATIONS, f"%{told['reference']}%")
    assert row["customer_id"] is None
    assert abs((recorded_at(row["created_at"]) - said_at).total_seconds()) < 60
    assert (told["day"], told["time"]) in {clock(row["created_at"], zone, talk) for zone in ZONES}
    assert talk.reason() is None


def test_a_known_customers_cancellation_names_the_contract_and_offers_at_most_once(talk: Talk) -> None:
    number = accounts.settled(talk.system, 15 + place_of(talk))
    plan = accounts.plan(talk.system, number)
    say(talk, "identify")
    talk.verify(number)

    answer = say(talk, "cancel")

    told = answer.facts("utter_contracts_end_recorded")
    (row,) = talk.system.sql(CANCELLATIONS, f"%{told['reference']}%")
    assert row["customer_id"] == accounts.customer(talk.system, number)["id"]
    name = json.loads(plan["name"])[talk.language]
    assert name in answer.text
    email = accounts.customer(talk.system, number)["email"]
    letters = talk.system.sql("SELECT * FROM outbox_message WHERE recipient = ? AND kind = 'email'", email)
    assert [letter for letter in letters if told["reference"] in letter["subject"] + letter["body"]]
    again = say(talk, "cancel")
    assert not again.says("utter_contracts_end_next"), "the offer came twice"


def of_customer(system: RunningSystem, table: str, number: str) -> list[object]:
    return list(system.sql(f"SELECT * FROM {table} WHERE customer_id = ?", accounts.customer(system, number)["id"]))


def price_of(system: RunningSystem, code: str, country: str) -> int:
    query = """
        SELECT base_minor FROM price_version JOIN plan ON plan.id = price_version.plan_id
        WHERE plan.code = ? AND price_version.country = ? AND price_version.valid_to IS NULL
    """
    return int(system.sql(query, code, country)[0]["base_minor"])


def recorded_at(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def clock(stored: str, zone: ZoneInfo, talk: Talk) -> tuple[str, str]:
    local = recorded_at(stored).astimezone(zone)
    time = f"{local.hour}.{local:%M}" if talk.language == "fi" else f"{local:%H:%M}"
    return day(local.date().isoformat(), talk.language, talk.system), time
