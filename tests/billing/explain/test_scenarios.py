"""Causes are named right in scenarios whose labels follow from how the two bills were written, cent for cent."""

from collections import Counter
from random import Random

import pytest

from billing.explain.bill_changes import explain_change
from tests.billing.explain import scenarios_of_events, scenarios_of_prices
from tests.billing.explain.scenario import MAKERS, Label, Scenario

__all__ = ["scenarios_of_events", "scenarios_of_prices"]

OF_EACH_TYPE = 12


def explained(one: Scenario) -> Counter[Label]:
    return Counter((cause.code.value, cause.amount.minor) for cause in explain_change(one.previous, one.current).causes)


@pytest.mark.parametrize("name", MAKERS)
def test_the_causes_are_those_that_were_written(name: str) -> None:
    for seed in range(OF_EACH_TYPE):
        one = MAKERS[name](Random(seed))

        assert explained(one) == Counter(one.labels), seed


def test_there_are_five_hundred_scenarios_of_more_than_twenty_types() -> None:
    assert len(MAKERS) > 20
    assert len(MAKERS) * OF_EACH_TYPE >= 500
