"""Which letter about an unpaid invoice is due today: pure rules over what an account owes.

A letter claims only what is neither paid nor disputed; an invoice under an active arrangement gets none. Before a
cut-off the law of the country must allow it for the arrears of the whole account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml

from billing.dunning.fees import DEMAND_RULE, REMINDER_RULE, FeeQuestion, PastStep, check_demand_fee, check_reminder_fee
from billing.law import Law, RuleMissing
from billing.models.dunning import DunningKind
from billing.money import Money, total

CUT_OFF_RULE, DEFAULT_RULE = "cut_off", "default"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a company's policy; `after_days` from the due date, then from the step before."""

    kind: DunningKind
    after_days: int
    fee_minor: int
    min_claim_minor: int = 1


@dataclass(frozen=True, slots=True)
class SentStep:
    """A letter that has gone out."""

    kind: DunningKind
    sent_on: date
    fee: Money


@dataclass(frozen=True, slots=True)
class OverdueInvoice:
    """An invoice past its due date.

    `claim` is what is open and not disputed. `payable_on` is the due date, or a later day from which the time to pay
    counted anew: the end of a dispute or the day to which it was put off. One with `only_late_charges` is reminded of
    free of charge: else each fee that stands alone on a bill would bring the next.
    """

    id: UUID
    number: str
    due_on: date
    payable_on: date
    claim: Money
    steps: Sequence[SentStep] = ()
    is_arranged: bool = False
    only_late_charges: bool = False


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A letter to send today. `arrears` is what the whole account is in default with; `law` allowed the fee."""

    invoice: OverdueInvoice
    position: int
    kind: DunningKind
    fee: Money
    law: str
    arrears: Money
    # From this day the service may stop; only of a cut-off warning.
    cut_off_from: date | None = None


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """Today's letters to one customer, and the rules that were missing for others: there a person decides."""

    steps: Sequence[PlannedStep]
    missing: Sequence[RuleMissing] = ()


def policy_of(country: str) -> Sequence[Stage]:
    """Return the stages of a country's sellers; none where there is no policy: then nobody is written to."""
    return _policies().get(country, ())


def plan_account(invoices: Sequence[OverdueInvoice], law: Law, policy: Sequence[Stage], today: date) -> AccountPlan:
    """Return today's letters to one customer, the oldest debt first; raise FeeRejected for a policy above the law."""
    try:
        arrears = _arrears(invoices, law, today)
    except RuleMissing as error:
        return AccountPlan((), (error,))
    steps: list[PlannedStep] = []
    missing: list[RuleMissing] = []
    is_warned = _was_warned(invoices)
    for invoice in sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.number)):
        stage = next_stage(invoice, policy, today)
        if stage is None:
            continue
        try:
            if stage.kind is not DunningKind.CUT_OFF_WARNING:
                steps.append(_step(invoice, stage, law, today, arrears))
            elif not is_warned and may_warn_of_cut_off(law, arrears, today):
                steps.append(_cut_off_warning(invoice, stage, law, today, arrears))
                is_warned = True
        except RuleMissing as error:
            missing.append(error)
    return AccountPlan(tuple(steps), tuple(missing))


def next_stage(invoice: OverdueInvoice, policy: Sequence[Stage], today: date) -> Stage | None:
    """Return the stage that is due today; None while too little is claimed or its day has not come."""
    if invoice.is_arranged or len(invoice.steps) >= len(policy):
        return None
    stage = policy[len(invoice.steps)]
    if invoice.claim.minor < stage.min_claim_minor:
        return None
    counted_from = max([invoice.payable_on, *(step.sent_on for step in invoice.steps)])
    return stage if counted_from + timedelta(days=stage.after_days) <= today else None


def may_warn_of_cut_off(law: Law, arrears: Money, today: date) -> bool:
    """Tell whether the arrears, without what is disputed, are high enough; raise RuleMissing where nobody knows."""
    return arrears.minor >= law.get(CUT_OFF_RULE, today).number("min_arrears_minor")


def _arrears(invoices: Sequence[OverdueInvoice], law: Law, today: date) -> Money:
    """Add up what the customer is in default with; where a reminder makes the default, only what was reminded of."""
    rule = law.get(DEFAULT_RULE, today)
    in_default = [
        invoice.claim
        for invoice in invoices
        if not invoice.is_arranged and (invoice.steps or not rule.values["by_reminder"])
    ]
    return total(in_default, invoices[0].claim.currency)


def _step(invoice: OverdueInvoice, stage: Stage, law: Law, today: date, arrears: Money) -> PlannedStep:
    fee = Money(0 if invoice.only_late_charges else stage.fee_minor, invoice.claim.currency)
    allowed_by = allowed_fee(invoice, stage.kind, fee, law, today)
    return PlannedStep(invoice, len(invoice.steps) + 1, stage.kind, fee, allowed_by, arrears)


def allowed_fee(invoice: OverdueInvoice, kind: DunningKind, fee: Money, law: Law, today: date) -> str:
    """Return the version of the rule that allows the fee; "" for a letter that costs nothing under no rule."""
    past = [PastStep(step.kind is DunningKind.PAYMENT_DEMAND, step.sent_on, step.fee) for step in invoice.steps]
    question = FeeQuestion(fee, invoice.claim, invoice.payable_on, today, past)
    name = DEMAND_RULE if kind is DunningKind.PAYMENT_DEMAND else REMINDER_RULE
    if not fee and law.find(name, today) is None:
        return ""
    check = check_demand_fee if kind is DunningKind.PAYMENT_DEMAND else check_reminder_fee
    return check(law, question).version


def _cut_off_warning(invoice: OverdueInvoice, stage: Stage, law: Law, today: date, arrears: Money) -> PlannedStep:
    rule = law.get(CUT_OFF_RULE, today)
    fee = Money(stage.fee_minor, invoice.claim.currency)
    allowed_fee(invoice, stage.kind, fee, law, today)
    cut_off_from = today + timedelta(days=rule.number("warning_days"))
    return PlannedStep(invoice, len(invoice.steps) + 1, stage.kind, fee, rule.version, arrears, cut_off_from)


def _was_warned(invoices: Sequence[OverdueInvoice]) -> bool:
    """One warning speaks for the whole account as long as its invoice is open."""
    return any(step.kind is DunningKind.CUT_OFF_WARNING for invoice in invoices for step in invoice.steps)


@cache
def _policies() -> Mapping[str, tuple[Stage, ...]]:
    content = yaml.safe_load(Path(__file__).with_name("dunning_policies.yml").read_text(encoding="utf-8"))
    return {
        country: tuple(Stage(**{**stage, "kind": DunningKind(stage["kind"])}) for stage in stages)
        for country, stages in content.items()
    }
