"""Everything that an action can say has its words, in every language."""

import ast
from pathlib import Path

import pytest

import billing.adjustments
from billing.adjustments.goodwill import GoodwillReason
from billing.dunning.arrangements import Refusal
from billing.fairness.audit import OF_ACCOUNT, OF_CONTRACT
from billing.terms.plan_choices import WhyNot
from handoff.console.actions.texts import action_texts

SOURCES = sorted(Path(billing.adjustments.__path__[0]).glob("*.py"))


def named(call: str) -> set[str]:
    """Return the words that the first argument of the calls names, also those that depend on something."""
    nodes = [node for source in SOURCES for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call]
    parts = [part for node in calls if node.args for part in ast.walk(node.args[0])]
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


@pytest.mark.parametrize("reasons", [Refusal, WhyNot])
def test_every_reason_of_the_rules_has_a_sentence(reasons: type[Refusal] | type[WhyNot]) -> None:
    assert [reason for reason in reasons if not action_texts().has(f"why.{reason.value}")] == []


def test_every_reason_of_an_action_has_a_sentence() -> None:
    codes = named("AdjustmentRefused")

    assert {"nothing_to_correct", "more_than_the_bill", "not_on_offer"} <= codes
    assert [code for code in codes if not action_texts().has(f"why.{code}")] == []


def test_every_effect_has_a_name() -> None:
    effects = named("Effect")

    assert {"due", "part", "first_bill"} <= effects
    assert [effect for effect in effects if not action_texts().has(f"effect.{effect}")] == []


def test_what_is_done_has_a_title_and_is_told_to_the_customer() -> None:
    keys = action_texts().keys()
    titles = {key.removeprefix("title.") for key in keys if key.startswith("title.")}
    events = {key.removeprefix("event.") for key in keys if key.startswith("event.")}

    assert titles == events
    assert {"correction", "goodwill", "arrangement_parts", "plan_change_more", "dispute_late_paid"} <= titles


def test_every_finding_and_every_reason_for_goodwill_has_a_name() -> None:
    detectors = {f"finding.a{number}" for number in range(1, 25)}

    assert {name.lower() for name, _ in (*OF_CONTRACT, *OF_ACCOUNT)} <= {key[8:] for key in detectors}
    assert [key for key in detectors if not action_texts().has(key)] == []
    assert [reason for reason in GoodwillReason if not action_texts().has(f"goodwill.{reason}")] == []
