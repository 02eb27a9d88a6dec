"""The run over the database: what goes out, once, and what stops it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import close_dispute, open_dispute
from billing.dunning.arrangements import agree_extension
from billing.dunning.dunning_run import by_outbox, run_dunning
from billing.dunning.fees import FeeRejected
from billing.dunning.letters import Letter
from billing.dunning.plan import Stage
from billing.models.dispute import DisputeStatus
from billing.models.dunning import DunningStep
from billing.models.human_task import HumanTask, TaskKind
from billing.models.seller import Seller
from tests.billing.dunning.dunning_runs import DEMAND, DUE, REMINDER, WARNING, messages, morning, overdue, run, steps
from tests.factories.billing import line_ids, make_payment


def test_three_letters_go_out_on_their_days_and_no_fourth(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    overdue(session)

    run(session_factory, 0, 6, 7, 8, 20, 21, 22, 34, 35, 36, 60)

    assert steps(session) == [(REMINDER, 7, 12_000), (DEMAND, 21, 12_000), (WARNING, 35, 12_000)]
    assert len(messages(session)) == 3


def test_a_run_again_on_the_same_day_sends_nothing(session: Session, session_factory: sessionmaker[Session]) -> None:
    overdue(session)

    reports = run(session_factory, 8, 8, 9)

    assert [sum(report.sent.values()) for report in reports] == [1, 0, 0]
    assert len(messages(session)) == 1


def test_a_late_run_catches_up_one_letter_at_a_time(session: Session, session_factory: sessionmaker[Session]) -> None:
    overdue(session)

    run(session_factory, 100, 101, 114)

    assert steps(session) == [(REMINDER, 100, 12_000), (DEMAND, 114, 12_000)]


def test_a_run_that_dies_between_two_letters_leaves_no_step_without_its_letter(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    overdue(session)
    overdue(session)
    delivered: list[Letter] = []

    def die_at_the_second(inner: Session, letter: Letter, now: datetime) -> None:
        if delivered:
            raise ConnectionError
        delivered.append(letter)
        by_outbox(inner, letter, now)

    with pytest.raises(ConnectionError):
        run_dunning(session_factory, now=morning(8), deliver=die_at_the_second)
    assert (steps(session), messages(session)) == ([], [])

    run(session_factory, 8)
    assert len(steps(session)) == len(messages(session)) == 2


def test_two_runs_at_the_same_time_send_each_letter_once(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    for _ in range(3):
        overdue(session)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: run_dunning(session_factory, now=morning(8)), range(4)))

    assert sum(report.sent.total() for report in reports) == 3
    assert len(steps(session)) == len(messages(session)) == 3


def test_what_is_paid_in_time_or_before_the_letter_is_not_reminded_of(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    in_time, late = overdue(session), overdue(session)
    make_payment(session, in_time, received_on=DUE)
    make_payment(session, late, received_on=DUE + timedelta(days=6))
    session.commit()

    run(session_factory, 8, 40)

    assert steps(session) == []


def test_only_the_open_part_is_claimed(session: Session, session_factory: sessionmaker[Session]) -> None:
    make_payment(session, overdue(session), received_on=DUE, amount_minor=4_500)
    session.commit()

    run(session_factory, 8)

    assert steps(session) == [(REMINDER, 8, 7_500)]


def test_the_disputed_part_leaves_dunning_and_returns_when_it_is_rejected(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    """120 EUR: 80 contested, 40 claimed; after the rejection on day 50 the time to pay counts anew."""
    invoice = overdue(session, 4_000, 8_000)
    contested = line_ids(session, invoice)[1:]
    dispute = open_dispute(session, invoice.customer_id, invoice.id, contested, "not mine", now=morning(1))
    session.commit()

    run(session_factory, 8, 22, 40)
    assert steps(session) == [(REMINDER, 8, 4_000), (DEMAND, 22, 4_000)]  # 40 EUR are too little for a cut-off

    dispute = session.merge(dispute)
    dispute.status = DisputeStatus.UNDER_REVIEW
    close_dispute(session, dispute.id, DisputeStatus.REJECTED, now=morning(50))
    session.commit()
    run(session_factory, 63, 64)
    assert steps(session)[2:] == [(WARNING, 64, 12_000)]


def test_a_wholly_disputed_invoice_is_not_mentioned(session: Session, session_factory: sessionmaker[Session]) -> None:
    invoice = overdue(session)
    open_dispute(session, invoice.customer_id, invoice.id, None, "not mine", now=morning(1))
    session.commit()

    run(session_factory, 8, 40)

    assert steps(session) == []


@pytest.mark.parametrize(
    ("contested", "warned"),
    [
        (2_001, False),  # 120.00 - 20.01 = 99.99
        (2_000, True),  # 100.00
    ],
)
def test_a_german_cut_off_is_warned_of_from_a_hundred_euros_without_what_is_disputed(
    session: Session, session_factory: sessionmaker[Session], contested: int, warned: bool
) -> None:
    invoice = overdue(session, 12_000 - contested, contested)
    lines = line_ids(session, invoice)[1:]
    open_dispute(session, invoice.customer_id, invoice.id, lines, "not mine", now=morning(1))
    session.commit()

    run(session_factory, 7, 21, 35, 50)

    assert (steps(session)[-1][0] is WARNING) is warned


def test_in_finland_a_person_decides_on_every_cut_off_so_none_is_warned_of_by_itself(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    overdue(session, 50_000, country="FI")

    reports = run(session_factory, 15, 30, 45, 46)

    assert steps(session) == [(REMINDER, 15, 50_000), (DEMAND, 30, 50_000)]
    assert reports[2].missing == {"FI.cut_off"}
    (task,) = session.scalars(select(HumanTask)).all()
    assert (task.kind, task.facts["rule"]) == (TaskKind.LAW_MISSING, "cut_off")


def test_in_finland_the_fee_is_written_down_with_the_rule_that_allowed_it(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    overdue(session, country="FI")

    run(session_factory, 15)

    session.rollback()
    step = session.scalars(select(DunningStep)).one()
    assert (step.fee_minor, step.law) == (500, "FI.reminder_fee@2013-03-16")


@pytest.mark.parametrize(
    ("country", "fee", "day"),
    [("FI", 501, 15), ("FI", 500, 13), ("DE", 250, 7)],
    ids=["FI: a cent too much", "FI: a day too early", "DE: a flat fee"],
)
def test_a_fee_that_the_law_does_not_allow_is_never_booked(
    session: Session,
    session_factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    country: str,
    fee: int,
    day: int,
) -> None:
    overdue(session, country=country)
    monkeypatch.setattr("billing.dunning.dunning_run.policy_of", lambda _: [Stage(REMINDER, day, fee)])

    with pytest.raises(FeeRejected):
        run(session_factory, day)

    assert (steps(session), messages(session)) == ([], [])


def test_an_invoice_that_was_put_off_is_left_alone_until_its_new_day(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    invoice = overdue(session)
    until = DUE + timedelta(days=20)
    agree_extension(session, invoice.customer_id, invoice.id, until, now=morning(1))
    session.commit()

    run(session_factory, 8, 20, 26, 27)

    assert steps(session) == [(REMINDER, 27, 12_000)]


def test_a_seller_who_charges_interest_needs_the_rate_of_the_day(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    overdue(session)
    session.execute(update(Seller).values(charges_late_interest=True))
    session.commit()

    now = datetime(2099, 3, 1, 9, tzinfo=UTC)
    reports = [run_dunning(session_factory, now=now) for _ in range(2)]

    assert [report.missing for report in reports] == [{"DE.late_interest"}, {"DE.late_interest"}]
    session.rollback()
    assert session.scalars(select(HumanTask.key)).all() == ["law_missing:DE.late_interest:2099-H1"]


def test_the_seller_decides_what_day_it_is(session: Session, session_factory: sessionmaker[Session]) -> None:
    """22:30 in UTC on the sixth day is the seventh in Berlin."""
    overdue(session)

    run_dunning(session_factory, now=datetime(2026, 3, 8, 22, 30, tzinfo=UTC))
    assert steps(session) == []
    run_dunning(session_factory, now=datetime(2026, 3, 8, 23, 30, tzinfo=UTC))
    assert steps(session) == [(REMINDER, 7, 12_000)]
