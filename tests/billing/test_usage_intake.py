"""Reports of usage: each event counts once, what cannot be right waits for a person, and nothing is lost."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.human_tasks import OpenTask, finish_task, list_open_tasks
from billing.models import LineItem, TaskKind, UsageRecord
from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.usage import UsageRejection
from billing.periods import BillingPeriod
from billing.rating.line import LineKind, ReasonCode
from billing.run.billing_run import run_billing
from billing.usage.intake import CHUNK, Rejection, take_in
from billing.usage.reports import RejectionReason
from tests.factories.billing import invoice_of, make_contract, make_customer, make_plan

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER = BillingPeriod.month("2026-11")


@pytest.fixture
def contract(session: Session) -> Contract:
    plan = make_plan(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
    contract = make_contract(session, make_customer(session), plan, started_on=date(2026, 9, 1))
    contract.number = "C-1"
    session.flush()
    return contract


def report(event_id: object = "e-1", **changes: object) -> dict[str, object]:
    return {
        "event_id": event_id,
        "contract": "C-1",
        "used_at": "2026-10-19T10:00:00+02:00",
        "quantity": 3,
        "unit": "GB",
        **changes,
    }


def stored(session: Session) -> list[tuple[str, date, int]]:
    records = session.scalars(select(UsageRecord).order_by(UsageRecord.event_id))
    return [(record.event_id, record.used_on, record.quantity) for record in records]


def set_aside(session: Session) -> Mapping[str, str]:
    return {row.event_id: row.reason for row in session.scalars(select(UsageRejection))}


def test_a_report_becomes_a_record_of_its_day(session: Session, contract: Contract) -> None:
    result = take_in(session, [report()], now=NOW)

    assert (result.taken, result.duplicates, result.rejected) == (1, 0, ())
    assert stored(session) == [("e-1", date(2026, 10, 19), 3)]
    record = session.scalars(select(UsageRecord)).one()
    assert (record.contract_id, record.received_at) == (contract.id, NOW)


def test_the_day_is_that_of_the_seller_s_calendar(session: Session, contract: Contract) -> None:
    """22:30 in UTC on the 18th is half past midnight on the 19th in Berlin."""
    take_in(session, [report(used_at=datetime(2026, 10, 18, 22, 30, tzinfo=UTC))], now=NOW)

    assert stored(session) == [("e-1", date(2026, 10, 19), 3)]


def test_a_report_that_comes_twice_counts_once(session: Session, contract: Contract) -> None:
    first = take_in(session, [report(), report()], now=NOW)
    again = take_in(session, [report()], now=NOW + timedelta(hours=1))

    assert (first.taken, first.duplicates) == (1, 1)
    assert (again.taken, again.duplicates, again.rejected) == (0, 1, ())
    assert stored(session) == [("e-1", date(2026, 10, 19), 3)]


def test_the_same_event_with_another_quantity_waits_for_a_person(session: Session, contract: Contract) -> None:
    take_in(session, [report()], now=NOW)

    result = take_in(session, [report(quantity=4)], now=NOW)

    assert result.rejected == (Rejection("e-1", RejectionReason.EVENT_CONFLICT),)
    assert stored(session) == [("e-1", date(2026, 10, 19), 3)]


WRONG = {
    RejectionReason.QUANTITY_NEGATIVE: [{"quantity": -1}, {"quantity": "-Infinity"}],
    RejectionReason.QUANTITY_NOT_A_NUMBER: [
        {"quantity": quantity} for quantity in (float("nan"), "NaN", "many", True, None, "")
    ],
    RejectionReason.QUANTITY_NOT_WHOLE: [{"quantity": 1.5}, {"quantity": "0.001"}],
    RejectionReason.QUANTITY_TOO_LARGE: [{"quantity": quantity} for quantity in (1e12, 1_000_000_001, "Infinity")],
    RejectionReason.CONTRACT_UNKNOWN: [{"contract": "C-2"}, {"contract": None}],
    RejectionReason.CONTRACT_NOT_RUNNING: [{"used_at": "2026-08-31"}],
    RejectionReason.UNIT_UNKNOWN: [{"unit": "furlong"}, {"unit": None}],
    RejectionReason.ZONE_UNKNOWN: [{"zone": "moon"}],
    RejectionReason.ZONE_UNPRICED: [{"zone": "world"}],
    RejectionReason.TIME_UNREADABLE: [
        {"used_at": used_at} for used_at in ("2026-10-19T10:00:00", "yesterday", 17, None, "0001-01-01T00:00:00+14:00")
    ],
    RejectionReason.IN_FUTURE: [
        {"used_at": used_at} for used_at in (NOW + timedelta(minutes=5, seconds=1), "2026-10-21", "9999-12-31")
    ],
}


def test_what_cannot_be_right_is_set_aside_and_the_rest_taken_in(session: Session, contract: Contract) -> None:
    wrong = [(reason, changes) for reason, several in WRONG.items() for changes in several]
    bad = [report(f"bad-{number}", **changes) for number, (_, changes) in enumerate(wrong)]

    result = take_in(session, [report("good-1"), *bad, report("good-2")], now=NOW)

    expected = {f"bad-{number}": reason for number, (reason, _) in enumerate(wrong)}
    assert {one.event_id: one.reason for one in result.rejected} == set_aside(session) == expected
    assert [event_id for event_id, _, _ in stored(session)] == ["good-1", "good-2"]
    assert set(RejectionReason) - set(WRONG) == {RejectionReason.EVENT_CONFLICT, RejectionReason.EVENT_ID_MISSING}


def test_a_whole_quantity_counts_however_it_is_written(session: Session, contract: Contract) -> None:
    take_in(session, [report(f"{place}", quantity=one) for place, one in enumerate([0, "7", 12.0, 10**9])], now=NOW)

    assert [units for _, _, units in stored(session)] == [0, 7, 12, 1_000_000_000]


@pytest.mark.parametrize("used_at", [NOW + timedelta(minutes=5), "2026-10-20"], ids=["clock skew", "today"])
def test_a_clock_may_be_five_minutes_fast(session: Session, contract: Contract, used_at: object) -> None:
    assert take_in(session, [report(used_at=used_at)], now=NOW).taken == 1


def test_today_is_that_of_the_seller_s_calendar(session: Session, contract: Contract) -> None:
    """At 22:30 in UTC on the 20th it is the 21st in Berlin."""
    late_evening = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)

    assert take_in(session, [report(used_at="2026-10-21")], now=late_evening).taken == 1


def test_what_was_set_aside_keeps_what_came_as_text(session: Session, contract: Contract) -> None:
    take_in(session, [report("nul\x00", quantity=float("nan"), unit="\ud800")], now=NOW)

    row = session.scalars(select(UsageRejection)).one()
    assert (row.event_id, row.report["quantity"], row.report["unit"]) == ("nul\\x00", "nan", "\\ud800")
    assert row.received_at == NOW


def test_no_report_is_lost_for_want_of_an_event_of_its_own(session: Session, contract: Contract) -> None:
    reports = [report(None), report(""), report("bad", quantity=-1), report("bad", quantity=-2)]

    first = take_in(session, reports, now=NOW)
    again = take_in(session, reports, now=NOW)

    assert [one.reason for one in first.rejected] == [
        RejectionReason.EVENT_ID_MISSING,
        RejectionReason.EVENT_ID_MISSING,
        RejectionReason.QUANTITY_NEGATIVE,
        RejectionReason.QUANTITY_NEGATIVE,
    ]
    assert (again.taken, again.duplicates, again.rejected) == (0, 4, ())
    assert len(set_aside(session)) == 4


def test_a_corrected_report_of_a_refused_event_is_taken_in(session: Session, contract: Contract) -> None:
    take_in(session, [report(quantity=-3)], now=NOW)

    assert take_in(session, [report()], now=NOW).taken == 1


def test_the_unit_is_that_of_the_plan_on_the_day_of_use(session: Session) -> None:
    metered, flat = make_plan(session, unit="kWh", unit_price_micro=319_000), make_plan(session)
    contract = make_contract(session, make_customer(session), metered, changed_on=date(2026, 10, 15), changed_to=flat)
    days = ["2026-10-14", "2026-10-15"]
    reports = [report(day, contract=str(contract.id), unit="kWh", used_at=day) for day in days]

    result = take_in(session, reports, now=NOW)

    assert (result.taken, result.rejected) == (1, (Rejection("2026-10-15", RejectionReason.UNIT_UNKNOWN),))


def usage_tasks(session: Session) -> list[OpenTask]:
    return [task for task in list_open_tasks(session) if task.kind is TaskKind.USAGE_REJECTED]


def test_what_is_set_aside_waits_as_one_task_for_each_reason_contract_and_day(
    session: Session, contract: Contract
) -> None:
    customer_number = session.get_one(Customer, contract.customer_id).number
    negative = [report(f"n-{number}", quantity=-1) for number in range(CHUNK + 1)]
    unknown = [report(f"u-{number}", contract=f"X-{number}") for number in range(3)]

    take_in(session, [*negative, *unknown, report()], now=NOW)
    take_in(session, [report("later", quantity=-1)], now=NOW + timedelta(days=1))

    assert [
        (task.reason, task.customer_number, task.facts.get("contract"), task.facts["day"])
        for task in usage_tasks(session)
    ] == [
        ("quantity_negative", customer_number, "C-1", "2026-10-20"),
        ("contract_unknown", None, None, "2026-10-20"),
        ("quantity_negative", customer_number, "C-1", "2026-10-21"),
    ]


def test_a_task_about_usage_comes_back_for_another_report_and_not_for_the_same(
    session: Session, contract: Contract
) -> None:
    take_in(session, [report(quantity=-1)], now=NOW)
    [task] = usage_tasks(session)
    finish_task(session, task.id, now=NOW)

    take_in(session, [report(quantity=-1)], now=NOW)
    after_the_same = usage_tasks(session)
    take_in(session, [report("e-2", quantity=-1)], now=NOW)

    assert after_the_same == []
    assert [task.id for task in usage_tasks(session)] == [task.id]


def test_what_is_taken_in_raises_nothing(session: Session, contract: Contract) -> None:
    take_in(session, [report(), report()], now=NOW)

    assert usage_tasks(session) == []


def test_thousands_of_reports_take_a_handful_of_queries(session: Session, contract: Contract) -> None:
    reports = [report(f"e-{number}") for number in range(2000)]

    result = take_in(session, [*reports, report("bad", quantity=-1), reports[0]], now=NOW)

    assert (result.taken, result.duplicates, len(result.rejected)) == (2000, 1, 1)


def test_a_report_that_a_bill_made_since_has_not_seen_is_late(session_factory, session: Session) -> None:
    """The run takes its time when it starts and the intake took its own before: the bill of 10:05 misses what came at
    10:04 but was stored after it. It stands on the next bill."""
    plan = make_plan(session, base_minor=1499, unit="GB", unit_price_micro=2_000_000)
    customer = make_customer(session)
    contract = make_contract(session, customer, plan)
    session.commit()
    run_billing(session_factory, OCTOBER, now=datetime(2026, 11, 1, 10, 5, tzinfo=UTC))

    take_in(session, [report(contract=str(contract.id))], now=datetime(2026, 11, 1, 10, 4, tzinfo=UTC))
    session.commit()
    run_billing(session_factory, NOVEMBER, now=datetime(2026, 12, 1, 10, tzinfo=UTC))

    assert late_lines(session, customer.id) == [(ReasonCode.LATE_USAGE, date(2026, 10, 1), 3, 600)]


def late_lines(session: Session, customer_id: UUID) -> list[tuple[ReasonCode, date, int, int]]:
    invoice = invoice_of(session, customer_id, NOVEMBER.start)
    items = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id, kind=LineKind.USAGE))
    return [(item.reason_code, item.period_start, item.quantity, item.amount_minor) for item in items]
