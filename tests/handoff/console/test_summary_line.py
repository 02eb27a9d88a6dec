"""The line above a conversation, and the figures behind it."""

from pathlib import Path

import pytest

from billing.fairness.finding import Verdict
from handoff.console.lines import line_texts
from handoff.console.schemas import AuditOut, FactOut, SentimentOut
from handoff.console.shown_facts import facts_of
from handoff.console.summary_line import SEPARATOR, Case, summary_line
from handoff.conversations.topics import _SUBJECTS

NBSP = "\N{NO-BREAK SPACE}"


def case(**parts: object) -> Case:
    empty: dict = {
        "topic": "other",
        "reason": "asked_for_person",
        "intents": (),
        "facts": (),
        "findings": None,
        "sentiment": SentimentOut(code="neutral", signals=[]),
        "verified_method": None,
        "transferred_by": None,
    }
    return Case(**{**empty, **parts})


def difference(amount_minor: int) -> FactOut:
    return FactOut(
        seq=4,
        type="difference",
        amount_minor=amount_minor,
        currency="EUR",
        number="DE-2026-000007",
        period="2026-10",
        due_on=None,
        status=None,
    )


def findings(count: int, owed_minor: int) -> AuditOut:
    verdict = Verdict.OUR_MISTAKE if count else Verdict.CORRECT
    return AuditOut(verdict=verdict, owed_minor=owed_minor, currency="EUR", count=count, detectors=["A13"][:count])


FULL = case(
    topic="bills",
    reason="complaint",
    intents=("greet", "why_bill_higher", "complain"),
    facts=(difference(1245),),
    findings=findings(1, 4990),
    sentiment=SentimentOut(code="upset", signals=["complaint"]),
    verified_method="sms_code",
)


def test_everything_stands_in_one_line_the_wish_first():
    assert summary_line(FULL, "en").split(SEPARATOR) == [
        "Asks why the bill has changed",
        "bill €12.45 higher than the one before",
        "1 finding, we owe €49.90",
        "has complained",
        "is upset",
        "verified by text message",
    ]


def test_the_line_is_in_the_agents_language():
    assert summary_line(FULL, "de").split(SEPARATOR)[:3] == [
        "Fragt, warum die Rechnung anders ist",
        f"Rechnung 12,45{NBSP}€ höher als die vorige",
        f"1 Befund, wir schulden 49,90{NBSP}€",
    ]
    assert summary_line(FULL, "fi").split(SEPARATOR)[0] == "Kysyy, miksi lasku muuttui"


def test_who_said_nothing_is_told_as_that():
    assert summary_line(case(), "en") == "Has not said what it is about · not verified"
    assert summary_line(case(topic=None, reason=None), "en") == "Has not said what it is about · not verified"


def test_the_newest_wish_counts_and_courtesies_are_none():
    asked = case(intents=("payment_status", "cancel_service", "thank", "code_checked"))

    assert summary_line(asked, "en").startswith("Wants to cancel · ")


def test_without_a_wish_of_its_own_the_topic_is_told():
    assert summary_line(case(topic="payments", intents=("greet",)), "en").startswith("About a payment · ")


@pytest.mark.parametrize(
    ("amount_minor", "words"),
    [(-300, "bill €3.00 lower than the one before"), (300, "bill €3.00 higher than the one before")],
)
def test_a_difference_says_its_direction_and_never_a_sign(amount_minor: int, words: str):
    assert words in summary_line(case(facts=(difference(amount_minor),)), "en")


def test_no_difference_is_no_word():
    assert "bill" not in summary_line(case(facts=(difference(0),)), "en").split(SEPARATOR)[1]


@pytest.mark.parametrize(
    ("topic", "count", "owed_minor", "words"),
    [
        ("bills", 0, 0, "bills checked, all correct"),
        ("bills", 2, 100, "2 findings, we owe €1.00"),
        ("contracts", 1, 0, "1 finding to judge"),
        ("contracts", 3, 0, "3 findings to judge"),
    ],
)
def test_findings_are_told_by_what_is_certain(topic: str, count: int, owed_minor: int, words: str):
    assert words in summary_line(case(topic=topic, findings=findings(count, owed_minor)), "en").split(SEPARATOR)


def test_that_all_is_right_matters_only_where_it_is_about_money():
    assert "checked" not in summary_line(case(topic="contracts", findings=findings(0, 0)), "en")


def test_a_hand_over_names_who_it_came_from():
    assert "handed on by Mia" in summary_line(case(transferred_by="Mia"), "en").split(SEPARATOR)


def test_every_subject_that_routing_knows_has_words_of_its_own():
    assert {intent for intent in _SUBJECTS if not line_texts().has(f"want.{intent}")} == set()


def test_every_reason_that_the_bot_gives_is_told_unless_the_wish_says_it():
    """A reason without words is one that the wish already says, as in: wants to change personal details."""
    told = {key.removeprefix("reason.") for key in line_texts().texts["en"] if key.startswith("reason.")}
    wishes = {"asked_for_person", "plan_change", "buy_option", "payment_method", "update_details", "other"}
    words = (Path(__file__).parents[3] / "handoff/web/src/i18n/desk/en.ts").read_text(encoding="utf-8")
    named = {line.split(":")[0].strip().removeprefix("reason_") for line in words.splitlines() if " reason_" in line}

    assert {"complaint", "locked"} <= named
    assert named - told - wishes == set()


def bill(**own: object) -> dict:
    card = {"type": "bill", "currency": "EUR", "number": "A-1", "period": "2026-10", "total_minor": 3999}
    return {**card, "due_on": "2026-11-14", "status": "open", **own}


def test_a_bill_card_shows_what_is_left_to_pay():
    [whole, rest, settled] = facts_of(
        [(1, bill()), (2, bill(number="A-2", open_minor=1000)), (3, bill(number="A-3", open_minor=0))]
    )

    assert (whole.amount_minor, rest.amount_minor, settled.amount_minor) == (3999, 1000, 0)
    assert (whole.seq, whole.number, str(whole.due_on), whole.status) == (1, "A-1", "2026-11-14", "open")


def test_the_same_figure_shown_twice_is_told_where_it_was_last():
    [fact] = facts_of([(1, bill(open_minor=3999)), (7, bill(open_minor=500))])

    assert (fact.seq, fact.amount_minor) == (7, 500)


def test_of_a_list_the_newest_three_are_told():
    items = [{key: value for key, value in bill(number=f"A-{n}").items() if key != "currency"} for n in range(5)]

    facts = facts_of([(2, {"type": "invoices", "currency": "EUR", "items": items})])

    assert [(fact.type, fact.number) for fact in facts] == [("invoices", f"A-{n}") for n in range(3)]


def test_cards_without_figures_say_nothing():
    assert (
        facts_of([(1, {"type": "code", "expires_at": "x"}), (2, {"type": "difference", "difference_minor": 1})]) == []
    )
