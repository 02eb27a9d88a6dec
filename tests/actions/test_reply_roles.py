"""Replies read by a parser of their own: each figure stands in the role that its fact has, in three languages."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from random import Random

import pytest

from actions.bill_change_wording import shortened
from billing.explain.bill_changes import BillChange, explain_change
from handoff.conversations.sms_characters import cheap_characters
from tests.actions.reply_roles.agreements import one_bill, plan, refunds
from tests.actions.reply_roles.changes import expected_of, explanation, month_after, with_due_day
from tests.actions.reply_roles.desk import Desk, open_desk
from tests.actions.reply_roles.expecting import Expected, faults
from tests.actions.reply_roles.payments import Case, balance, bills, how_to_pay, status
from tests.actions.reply_roles.reading import Statement, read_reply
from tests.actions.reply_roles.swapping import wrong_versions
from tests.billing.explain import scenarios_of_events, scenarios_of_prices
from tests.billing.explain.scenario import MAKERS
from tests.bot.domain_files import LANGUAGES
from tests.effort import cases

__all__ = ["scenarios_of_events", "scenarios_of_prices"]

EXPLANATIONS, PAYMENTS_OF_A_SORT = cases(150, 900), cases(30, 200)
SORTS: tuple[Callable[[Random], Case], ...] = (balance, status, how_to_pay, bills, one_bill, plan, refunds)
ALL_REPLIES = cases(400, 2_000)
NOTICED = 0.99

Reply = tuple[str, Sequence[Expected]]


@cache
def changes() -> Sequence[BillChange]:
    """Explain scenarios of every type in turn until there are enough, and the months after some of them."""
    makers = tuple(MAKERS.values())
    made = (makers[number % len(makers)](Random(7_000 + number)) for number in range(EXPLANATIONS))
    explained = [explain_change(one.previous, one.current) for one in made]
    after = [change for change in map(month_after, explained) if change is not None]
    return [*map(with_due_day, explained), *after]


def long_replies(language: str) -> Iterator[Reply]:
    for change in changes():
        yield explanation(change, language), expected_of(change)


def short_replies(language: str) -> Iterator[Reply]:
    """Yield explanations as text messages carry them."""
    for change in map(shortened, changes()):
        yield cheap_characters(explanation(change, language)), expected_of(change)


def payment_replies(desk: Desk, language: str, sort: Callable[[Random], Case]) -> Iterator[Reply]:
    for seed in range(PAYMENTS_OF_A_SORT):
        case = sort(Random(seed))
        yield case.reply(desk, language), case.expected


@cache
def replies(language: str) -> Sequence[Reply]:
    with open_desk() as desk:
        paying = [reply for sort in SORTS for reply in payment_replies(desk, language, sort)]
    return [*long_replies(language), *short_replies(language), *paying]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_figure_of_a_reply_says_what_its_fact_is(language: str) -> None:
    assert len(replies(language)) >= ALL_REPLIES
    for text, expected in replies(language):
        assert not faults(text, language, expected), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_causes_told_add_up_to_the_difference_told(language: str) -> None:
    for text, _ in replies(language)[: 2 * len(changes())]:
        head, *others = read_reply(text, language)
        difference = amount_of(head, "total" if head.kind == "first" else "difference")
        effects = sum(amount_of(each, "effect") for each in others)
        assert effects == (-difference if head.kind == "lower" else difference), text


def amount_of(statement: Statement, role: str) -> Decimal:
    amount = statement.figures.get(role, Decimal(0))
    assert isinstance(amount, Decimal)
    return amount


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_with_facts_in_the_wrong_places_is_noticed(language: str) -> None:
    rng = Random(language)
    wrong = [
        (version, expected) for text, expected in replies(language) for version in wrong_versions(text, language, rng)
    ]
    noticed = sum(bool(faults(version, language, expected)) for version, expected in wrong)

    assert len(wrong) >= ALL_REPLIES
    assert noticed >= NOTICED * len(wrong)


def test_the_replies_hold_every_sort_of_statement_in_the_same_number_in_each_language() -> None:
    kinds = [
        sorted(each.kind for text, _ in replies(language) for each in read_reply(text, language))
        for language in LANGUAGES
    ]

    assert kinds[0] == kinds[1] == kinds[2]
