"""A talk wanders: digressions, corrections, steps back, two wishes at once, and a person at any time."""

from collections.abc import Iterator

import pytest

from tests.e2e import accounts
from tests.e2e.running_system import RunningSystem, wait_until
from tests.e2e.spelling import amount, month
from tests.e2e.talk import LANGUAGES, Answer, Talk, words

ASKS_NUMBER = "utter_identity_ask_number"
ASKS_NUMBER_AGAIN = "utter_identity_ask_number_again"
OWED = ("utter_payments_due", "utter_payments_overdue")
PLEASE_EXPLAIN = {
    "en": "Explain my {} bill to me, please",
    "de": "Bitte erklären Sie mir die Rechnung vom {}",
    "fi": "Selitä minulle {}n lasku",
}
NO_THE_OTHER = {"en": "no, the {} one", "de": "nein, die vom {}", "fi": "ei vaan {}n lasku"}


@pytest.fixture(params=LANGUAGES)
def talk(system: RunningSystem, request: pytest.FixtureRequest) -> Iterator[Talk]:
    with Talk(system, request.param) as opened:
        yield opened


def say(talk: Talk, wish: str) -> Answer:
    return talk.tell(words(wish, talk.language))


def debtor(talk: Talk) -> str:
    return accounts.owing(talk.system, 9 + LANGUAGES.index(talk.language))


def customer(talk: Talk, place: int) -> str:
    return accounts.settled(talk.system, 18 + 3 * place + LANGUAGES.index(talk.language))


def assert_told_what_is_owed(answer: Answer, talk: Talk, number: str) -> None:
    (way,) = [each for each in OWED if answer.says(each)]
    bill = accounts.open_bill(talk.system, number)
    assert answer.facts(way)["amount"] == amount(bill["open_minor"], talk.language)


def name_of(talk: Talk, bill: dict[str, str]) -> str:
    return month(bill["period_start"], talk.language, talk.system)


def test_the_first_message_says_that_it_is_a_machine(talk: Talk) -> None:
    say(talk, "hello")

    greeting = talk.messages()[0]
    assert greeting["sender"] == "bot"
    assert any(part in greeting["text"].casefold() for part in ("automat", "automaatti", "assist"))


def test_questions_in_the_middle_of_the_identity_check_are_answered_and_it_goes_on(talk: Talk) -> None:
    number = debtor(talk)
    assert say(talk, "balance").says(ASKS_NUMBER)
    assert say(talk, "are_you_a_bot").says("utter_smalltalk_bot")
    assert say(talk, "why_verify").says("utter_identity_why_verify")
    assert say(talk, "where_number").says("utter_identity_number_location")
    assert say(talk, "out_of_scope").text
    assert talk.tell(number).says("utter_identity_code_sent")
    assert say(talk, "why_verify").says("utter_identity_why_verify")
    assert say(talk, "what_can_you").says("utter_smalltalk_capabilities")

    answer = talk.verify_with_newest_code()

    assert answer.says("utter_identity_verified")
    assert_told_what_is_owed(answer, talk, number)


def test_another_bill_can_be_meant_before_and_after_the_code(talk: Talk) -> None:
    number = customer(talk, 0)
    first, second, third, *_ = accounts.bills(talk.system, number)
    assert talk.tell(PLEASE_EXPLAIN[talk.language].format(name_of(talk, first))).says(ASKS_NUMBER)
    talk.tell(NO_THE_OTHER[talk.language].format(name_of(talk, second)))

    told = talk.verify(number).facts("utter_invoices_bill")
    assert (told["number"], told["total"]) == (second["number"], amount(second["total_minor"], talk.language))

    told = talk.tell(NO_THE_OTHER[talk.language].format(name_of(talk, third))).facts("utter_invoices_bill")
    assert (told["number"], told["total"]) == (third["number"], amount(third["total_minor"], talk.language))

    again = say(talk, "repeat").facts("utter_invoices_bill")
    assert again["number"] == third["number"]


def test_back_leaves_the_check_and_a_confirmation_and_returns_to_the_question_before(talk: Talk) -> None:
    number = customer(talk, 1)
    say(talk, "terms")
    assert say(talk, "back").says("utter_smalltalk_leave_it")
    assert not say(talk, "thanks").says(ASKS_NUMBER_AGAIN)

    say(talk, "terms")
    terms = talk.verify(number)
    assert terms.says("utter_contracts_terms_plan")
    checked = say(talk, "dispute")
    talk.press(1, checked)
    assert say(talk, "back").says("utter_smalltalk_leave_it")
    say(talk, "yes")
    assert accounts.count(talk.system, "dispute", number) == 0


def test_back_tells_the_answer_before_once_more(talk: Talk) -> None:
    number = customer(talk, 2)
    say(talk, "terms")
    talk.verify(number)
    say(talk, "why")

    assert say(talk, "back").says("utter_contracts_terms_plan")


def test_start_again_forgets_what_was_asked_but_not_who_is_there(talk: Talk) -> None:
    number = customer(talk, 3)
    say(talk, "balance")
    assert say(talk, "start_again").says("utter_smalltalk_start_over")
    assert talk.verify(number).says("utter_identity_verified_ask"), "the old question waited all the same"

    assert say(talk, "start_again").says("utter_smalltalk_start_over")
    assert say(talk, "balance").says("utter_payments_nothing_due")


def test_two_wishes_are_both_served_also_across_the_check(talk: Talk) -> None:
    number = debtor(talk)
    assert say(talk, "balance_and_copy").says(ASKS_NUMBER)

    assert_serves_both(talk.verify(number), talk, number)
    assert_serves_both(say(talk, "balance_and_copy"), talk, number)


def assert_serves_both(answer: Answer, talk: Talk, number: str) -> None:
    assert_told_what_is_owed(answer, talk, number)
    newest, *_ = accounts.bills(talk.system, number)
    assert answer.facts("utter_invoices_copy_sent")["month"].casefold() == name_of(talk, newest).casefold()


def test_a_language_can_be_asked_for(talk: Talk) -> None:
    wanted = "de" if talk.language == "en" else "en"
    answer = say(talk, "another_language")

    assert Answer(answer.text, wanted, (), "bot").says("utter_smalltalk_language_changed")
    (row,) = talk.system.sql("SELECT language FROM conversation WHERE id = ?", talk.row_id)
    assert row["language"] == wanted
    talk.language = wanted
    assert say(talk, "balance").says(ASKS_NUMBER)


@pytest.mark.parametrize("wish", ["human_polite", "human_angry", "human_short", "human_boss"])
def test_a_person_is_called_at_the_first_request(talk: Talk, wish: str) -> None:
    say(talk, wish)

    assert talk.reason() == "asked_for_person"


def test_a_person_is_called_in_the_middle_of_the_check(talk: Talk) -> None:
    say(talk, "balance")
    say(talk, "human_angry")

    assert talk.reason() == "asked_for_person"


def test_a_person_is_called_while_the_code_is_awaited(talk: Talk) -> None:
    say(talk, "balance")
    talk.tell(customer(talk, 4))
    say(talk, "human_polite")

    assert talk.reason() == "asked_for_person"


def test_a_person_is_called_instead_of_a_yes_and_nothing_changes(talk: Talk) -> None:
    number = accounts.with_credit(talk.system, 6 + LANGUAGES.index(talk.language))
    say(talk, "refund")
    talk.verify(number)
    say(talk, "human_polite")

    assert talk.reason() == "asked_for_person"
    assert accounts.count(talk.system, "refund", number) == 0


def test_who_is_not_understood_twice_gets_a_person(talk: Talk) -> None:
    assert say(talk, "nonsense").sender == "bot"
    assert talk.reason() is None

    say(talk, "nonsense_again")

    assert talk.reason() == "not_understood"


def test_who_complains_again_gets_a_person(talk: Talk) -> None:
    say(talk, "complaint")
    recorded = "SELECT * FROM human_task WHERE kind = 'complaint_made' AND key = ?"
    assert len(talk.system.sql(recorded, f"complaint:{talk.conversation_id}")) == 1

    say(talk, "complaint")

    assert talk.reason() == "complaint"
    assert len(talk.system.sql(recorded, f"complaint:{talk.conversation_id}")) == 1


@pytest.mark.parametrize(("wish", "reason"), [("method", "payment_method"), ("details", "update_details")])
def test_a_yes_to_a_person_carries_the_reason(talk: Talk, wish: str, reason: str) -> None:
    say(talk, wish)
    assert talk.reason() is None

    say(talk, "yes")

    wait_until(lambda: talk.reason(), seconds=10, what="a place in the queue")
    assert talk.reason() == reason
