"""Requirement 25: where a rate is missing a person is called, once; nothing is guessed."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.law import RuleMissing, read_law
from billing.missing_law import missing_interest_rates, raise_law_task
from billing.models.human_task import HumanTask, TaskKind
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import make_contract, make_customer, make_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LAW = read_law(
    "DE", "late_interest: [{valid_from: 2026-01-01, valid_to: 2026-07-01, basis_points: 627, source: Bundesbank}]"
)


def test_a_missing_rule_calls_a_person_once_per_half_year(session: Session) -> None:
    raised = [
        raise_law_task(session, RuleMissing("DE", "late_interest", day), now=NOW)
        for day in (date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1))
    ]

    assert raised == [True, False, True]
    tasks = session.scalars(select(HumanTask).order_by(HumanTask.id)).all()
    assert [task.kind for task in tasks] == [TaskKind.LAW_MISSING, TaskKind.LAW_MISSING]
    assert tasks[0].facts == {"country": "DE", "rule": "late_interest", "day": "2026-07-01"}


def test_two_rules_that_are_missing_are_two_tasks(session: Session) -> None:
    assert raise_law_task(session, RuleMissing("DE", "late_interest", date(2026, 8, 1)), now=NOW)
    assert raise_law_task(session, RuleMissing("FI", "late_interest", date(2026, 8, 1)), now=NOW)


def test_the_next_half_year_is_missed_from_fourteen_days_before_it() -> None:
    assert missing_interest_rates(LAW, date(2026, 6, 16)) == []
    assert missing_interest_rates(LAW, date(2026, 6, 17)) == ["2026-H2"]
    assert missing_interest_rates(LAW, date(2026, 7, 1)) == ["2026-H2"]
    assert missing_interest_rates(LAW, date(2026, 12, 31)) == ["2026-H2", "2027-H1"]


def test_bills_that_no_law_allows_are_parked_and_the_rule_is_asked_for_once(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    """The law file of Finland knows no tax rate before 2013."""
    long_ago = date(2012, 1, 1)
    for _ in range(2):
        plan = make_plan(session, country="FI", valid_from=long_ago)
        make_contract(session, make_customer(session, country="FI"), plan, started_on=long_ago)
    session.commit()

    for _ in range(2):
        run_billing(session_factory, BillingPeriod.month("2012-10"), now=NOW)

    session.rollback()
    tasks = session.scalars(select(HumanTask).order_by(HumanTask.kind)).all()
    assert [task.kind for task in tasks] == [TaskKind.BILLING_PARKED] * 2 + [TaskKind.LAW_MISSING]
    assert tasks[-1].facts["rule"] == "vat_standard"
