"""What a step of dunning may cost: checked when it is booked, so that no fee above the law is ever written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from billing.errors import SaldoError
from billing.law import Law, Rule
from billing.money import Money, divide

REMINDER_RULE = "reminder_fee"
DEMAND_RULE = "payment_demand_fee"


class FeeRejected(SaldoError):
    """A fee is higher than `rule` allows on that day, or comes too early; `allowed` is the most that it may be."""

    status = 422

    def __init__(self, rule: Rule, fee: Money, allowed: Money, day: date) -> None:
        super().__init__(f"{rule.version} allows {allowed.minor} minor units on {day}, not {fee.minor}")
        self.rule = rule
        self.fee = fee
        self.allowed = allowed
        self.day = day


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step that was booked, as far as fees go."""

    is_demand: bool
    sent_on: date
    fee: Money


@dataclass(frozen=True, slots=True)
class FeeQuestion:
    """A fee that somebody wants to charge for a letter about a claim."""

    fee: Money
    claimed: Money
    due_on: date
    sent_on: date
    past: Sequence[PastStep] = ()


def check_reminder_fee(law: Law, question: FeeQuestion) -> Rule:
    """Return the rule that allows the fee; raise FeeRejected, or RuleMissing where the law is silent on a fee."""
    rule = law.get(REMINDER_RULE, question.sent_on)
    cap = rule.number("max_fee_minor") if question.sent_on >= _earliest_reminder(rule, question) else 0
    return _within(rule, question, cap)


def check_demand_fee(law: Law, question: FeeQuestion) -> Rule:
    """Return the rule that allows the fee of a payment demand: by claim, half for the second, and all fees together."""
    rule = law.get(DEMAND_RULE, question.sent_on)
    tier = _tier(rule, question.claimed)
    demands = sum(step.is_demand for step in question.past)
    cap = tier["max_fee_minor"]
    if demands:
        cap = divide(cap * rule.number("second_basis_points"), 10_000)
    charged = sum(step.fee.minor for step in question.past)
    cap = min(cap, tier["max_total_minor"] - charged)
    if demands > 1 or question.sent_on < _earliest_demand(rule, question):
        cap = 0
    return _within(rule, question, max(0, cap))


def _earliest_reminder(rule: Rule, question: FeeQuestion) -> date:
    earliest = question.due_on + timedelta(days=rule.number("days_after_due"))
    between = timedelta(days=rule.number("days_between"))
    return max([earliest, *(step.sent_on + between for step in question.past)])


def _earliest_demand(rule: Rule, question: FeeQuestion) -> date:
    wait = timedelta(days=rule.number("days_after_reminder"))
    return max([question.due_on, *(step.sent_on for step in question.past)]) + wait


def _tier(rule: Rule, claimed: Money) -> Mapping[str, int]:
    tiers: Sequence[Mapping[str, int]] = rule.values["tiers"]
    return next(tier for tier in tiers if tier["up_to_minor"] is None or claimed.minor <= tier["up_to_minor"])


def _within(rule: Rule, question: FeeQuestion, cap: int) -> Rule:
    if question.fee.minor > cap:
        raise FeeRejected(rule, question.fee, Money(cap, question.fee.currency), question.sent_on)
    return rule
