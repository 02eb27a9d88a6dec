"""Every flow of a billing desk is in reach in three languages: the skill answers, or a person is called."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.e2e import accounts
from tests.e2e.running_system import RunningSystem
from tests.e2e.talk import LANGUAGES, Answer, Talk, words

ASKS_WHO = "utter_identity_ask_number"


@dataclass(frozen=True)
class Flow:
    """What a customer wants, which responses serve it (one of them is enough), and the reasons to call a person."""

    number: str
    says: str
    served_by: frozenset[str] = frozenset()
    reasons: frozenset[str] = field(default_factory=frozenset)


def flow(number: str, says: str, *served_by: str, reason: str | None = None) -> Flow:
    names = frozenset(f"utter_{name}" for name in served_by)
    return Flow(number, says, names, frozenset({reason} if reason else ()))


CHECKED = ("disputes_checked_fine", "disputes_checked_fine_cheaper_plan", "disputes_unclear", "disputes_offer")
OWED = ("payments_due", "payments_overdue")
DETAILS = "profile_by_person"

# Asked by a verified customer who owes one bill; each answers within the same talk.
OF_A_CUSTOMER = (
    flow("F1", "balance", *OWED),
    flow("F2", "copy", "invoices_copy_sent"),
    flow("F3", "why", "invoices_change_more", "invoices_change_less", "invoices_change_none"),
    flow("F3", "explain", "invoices_bill"),
    flow("F4", "double_charge", *CHECKED),
    flow("F5", "dispute", *CHECKED),
    flow("F6", "charged_after_end", *CHECKED),
    flow("F7", "never_ordered", *CHECKED),
    flow("F7", "remove_option", "contracts_nothing_booked", "contracts_charges_booked"),
    flow("F8", "missing_discount", *CHECKED),
    flow("F9", "lower", "contracts_best_plan", "contracts_cheaper_plan", "contracts_nothing_to_compare"),
    flow("F10", "pay", "payments_how", "payments_how_overdue"),
    flow("F10", "payment_status", "payments_received", "payments_received_late"),
    flow("F11", "pay_later", "payments_plan_options"),
    flow("F13", "refund", "payments_refund_none"),
    flow("F13", "refund_status", "payments_refund_not_asked"),
    flow("F14", "change_plan", "contracts_choose_plan", "contracts_no_other_plan", "contracts_change_effects"),
    flow("F15", "terms", "contracts_terms_plan"),
    flow("F15", "cancellation_fee", "contracts_terms_plan"),
    flow("F17", "option", "contracts_more_included", "contracts_option_by_person"),
    flow("F25", "paid_already", "payments_received", "payments_received_late"),
    flow("F12", "method", "payments_method_by_person"),
    flow("F18", "details", DETAILS),
    flow("F27", "paper_bill", DETAILS),
    flow("F27", "company_details", DETAILS),
)
# Asked by somebody unknown: nothing of it needs a proof.
OF_ANYBODY = (
    flow("F12", "method", "payments_method_by_person"),
    flow("F15", "cancel", "contracts_end_recorded"),
    flow("F18", "details", DETAILS),
    flow("F19", "identify", "identity_number_invalid", "identity_ask_number"),
    flow("F19", "why_verify", "identity_why_verify"),
    flow("F19", "where_number", "identity_number_location"),
    flow("F19", "no_code", "identity_missing_code"),
    flow("F20", "complaint", "handoff_complaint"),
    flow("F21", "human_polite", reason="asked_for_person"),
    flow("F21", "callback", "handoff_callback", reason="callback_asked"),
    flow("F22", "third_party", "handoff_third_party", reason="third_party"),
    flow("F22", "deceased", "handoff_third_party", reason="third_party"),
    flow("F28", "out_of_scope", "smalltalk_out_of_scope", "handoff_rephrase"),
)
# Asked by a verified customer; here a person takes over at the end.
TO_A_PERSON = (
    flow("F8", "promo_code", "contracts_offer_not_found", reason="claimed_offer"),
    flow("F16", "suspended", "contracts_not_suspended", reason="technical"),
    flow("F23", "discount", "contracts_discount_by_person", reason="discount"),
    flow("F24", "offer_claim", "contracts_offer_not_found", reason="claimed_offer"),
)
IN_TWO_WISHES = "F26"  # has its own tests, in test_conversations_turns.py


@pytest.fixture(scope="module")
def customers(system: RunningSystem) -> Iterator[dict[str, Talk]]:
    """One verified talk for each language, for all that only asks."""
    with ExitStack() as stack:
        talks = {language: stack.enter_context(Talk(system, language)) for language in LANGUAGES}
        for place, talk in enumerate(talks.values()):
            talk.verify(accounts.owing(system, place))
        yield talks


def assert_served(wanted: Flow, talk: Talk, answer: Answer) -> None:
    said = [response for response in wanted.served_by if answer.says(response)]
    understood = f"{wanted.number}: understood as {talk.understood()}, answered {answer.text!r}"
    assert said or not wanted.served_by, understood
    assert talk.reason() in (wanted.reasons or {None}), understood


def named(flows: tuple[Flow, ...]) -> list[object]:
    return [pytest.param(each, id=f"{each.number}-{each.says}") for each in flows]


@pytest.mark.parametrize("wanted", named(OF_A_CUSTOMER))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verified_customer_is_served(customers: dict[str, Talk], language: str, wanted: Flow) -> None:
    talk = customers[language]

    answer = talk.tell(words(wanted.says, language))

    assert_served(wanted, talk, answer)


@pytest.mark.parametrize("wanted", named(OF_ANYBODY))
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_has_to_prove_who_they_are_for_what_shows_nothing(
    system: RunningSystem, language: str, wanted: Flow
) -> None:
    with Talk(system, language) as talk:
        answer = talk.tell(words(wanted.says, language))

        assert_served(wanted, talk, answer)
        assert not answer.says(ASKS_WHO) or "utter_identity_ask_number" in wanted.served_by


@pytest.mark.parametrize("wanted", named(TO_A_PERSON))
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_bot_may_not_decide_goes_to_a_person_with_its_reason(
    system: RunningSystem, language: str, wanted: Flow
) -> None:
    place = LANGUAGES.index(language) * len(TO_A_PERSON) + TO_A_PERSON.index(wanted)
    with Talk(system, language) as talk:
        asked = talk.tell(words(wanted.says, language))
        assert asked.says(ASKS_WHO), talk.understood()

        answer = talk.verify(accounts.settled(system, place))

        assert_served(wanted, talk, answer)


def test_the_table_holds_every_flow() -> None:
    flows = {each.number for each in (*OF_A_CUSTOMER, *OF_ANYBODY, *TO_A_PERSON)} | {IN_TWO_WISHES}

    assert flows == {f"F{number}" for number in range(1, 29)}
