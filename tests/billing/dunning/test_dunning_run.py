"""The run over the database: what goes out, once, and what stops it."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import close_dispute, open_dispute
from billing.dunning.arrangements import agree_extension
from billing.dunning.dunning_accounts import load_overdue
from billing.dunning.dunning_run import DunningReport, by_outbox, list_overdue, run_dunning
from billing.dunning.fees import FeeRejected
from billing.dunning.letters import Letter
from billing.dunning.plan import OverdueInvoice, Stage
from billing.models.customer import Customer
from billing.models.dispute import DisputeStatus
from billing.models.dunning import Arrangement, ArrangementStatus, DunningKind, DunningStep
from billing.models.human_task import HumanTask, TaskKind
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage
from billing.models.seller import Seller
from billing.money import Money
from tests.factories.billing import line_ids, make_customer, make_invoice, make_payment

DUE = date(2026, 3, 2)
REMINDER, DEMAND, WARNING = DunningKind.REMINDER, DunningKind.PAYMENT_DEMAND, DunningKind.CUT_OFF_WARNING


def morning(day: int) -> datetime:
    """Return nine o'clock of the day after the due date."""
    return datetime.combine(DUE + timedelta(days=day), time(9), UTC)


def overdue(
    session: Session, *amounts: int, country: str = "DE", email: str | None = None, language: str = "de"
) -> Invoice:
    customer = make_customer(session, country=country, email=email, language=language)
    invoice = make_invoice(session, customer, amounts=amounts or (12_000,), due_on=DUE)
    session.commit()
    return invoice


def steps(session: Session) -> list[tuple[DunningKind, int, int]]:
    """Return kind, day after the due date and claimed cents of each step; a run may follow, so let go of the lock."""
    session.rollback()
    rows = session.scalars(select(DunningStep).order_by(DunningStep.sent_on, DunningStep.id)).all()
    told = [(row.kind, (row.sent_on - DUE).days, row.claimed_minor) for row in rows]
    session.rollback()
    return told


def messages(session: Session) -> Sequence[OutboxMessage]:
    session.rollback()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    session.expunge_all()
    session.rollback()
    return rows


def run(session_factory: sessionmaker[Session], *days: int) -> list[DunningReport]:
    return [run_dunning(session_factory, now=morning(day)) for day in days]


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


def test_the_list_shows_what_is_claimed_and_which_letters_went_out(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    invoice = overdue(session)
    run(session_factory, 8)

    session.rollback()
    ((number, invoices),) = list_overdue(session, now=morning(9)).items()

    assert number == session.get_one(Customer, invoice.customer_id).number
    assert [(one.number, one.claim, len(one.steps)) for one in invoices] == [(invoice.number, Money(12_000, "EUR"), 1)]


def test_progress_tells_customers_done_and_in_all(session: Session, session_factory: sessionmaker[Session]) -> None:
    for _ in range(3):
        overdue(session)
    told: list[tuple[int, int]] = []

    run_dunning(session_factory, now=morning(8), progress=lambda done, in_all: told.append((done, in_all)))

    assert told == [(3, 3)]


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_a_letter_goes_to_the_registered_address_and_names_what_is_owed(
    session: Session, session_factory: sessionmaker[Session], language: str
) -> None:
    invoice = overdue(session, country="FI", email="aino@example.org", language=language)
    session.execute(update(Seller).values(iban="FI2112345600000785"))
    session.commit()

    run(session_factory, 15)

    (message,) = messages(session)
    assert (message.kind, message.recipient) == ("email", "aino@example.org")
    assert message.subject is not None
    assert invoice.number in message.subject
    body = message.body.replace("\N{NO-BREAK SPACE}", " ")
    amount = {"en": "€120.00", "de": "120,00 €", "fi": "120,00 €"}[language]
    fee = {"en": "€5.00", "de": "5,00 €", "fi": "5,00 €"}[language]
    assert amount in body
    assert fee in body
    assert "FI2112345600000785" in body
    assert "Lena Hoffmann" in body
    assert "{" not in body


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_without_an_address_a_text_message_goes_to_the_registered_phone(
    session: Session, session_factory: sessionmaker[Session], language: str
) -> None:
    overdue(session, language=language)

    run(session_factory, 7, 21, 35)

    phone = session.scalars(select(Customer.phone)).one()
    sent = messages(session)
    assert [(message.kind, message.recipient) for message in sent] == [("sms", phone)] * 3
    for message in sent:
        assert "\N{NO-BREAK SPACE}" not in message.body
        # € and the brackets count twice; two parts of a text in the cheap alphabet hold 306.
        assert len(message.body) + message.body.count("€") <= 306
    assert "120" in sent[2].body


def test_a_warning_names_the_day_from_which_the_service_may_stop(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    """35 days after 2 March is 6 April; two weeks later it is 20 April."""
    overdue(session, email="lena@example.org")

    run(session_factory, 7, 21, 35)

    warning = messages(session)[-1]
    assert "20.04.2026" in warning.body
    assert "Notrufe" in warning.body
    assert "Gerichten" in warning.body


def test_the_list_asks_as_often_for_many_customers_as_for_one(session: Session) -> None:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    overdue(session)
    counts = []
    event.listen(session.get_bind(), "before_cursor_execute", note)
    for _ in range(2):
        asked.clear()
        list_overdue(session, now=morning(9))
        counts.append(len(asked))
        for _ in range(5):
            overdue(session)
    event.remove(session.get_bind(), "before_cursor_execute", note)

    assert counts[0] == counts[1]


def test_the_list_takes_customers_in_turn_and_forgets_none(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.dunning.dunning_run.LIST_SIZE", 2)
    invoices = [overdue(session) for _ in range(5)]
    sizes: list[int] = []

    def note(session: Session, ids: Sequence[UUID], today: date) -> Mapping[UUID, Sequence[OverdueInvoice]]:
        sizes.append(len(ids))
        return load_overdue(session, ids, today)

    monkeypatch.setattr("billing.dunning.dunning_run.load_overdue", note)
    listed = list_overdue(session, now=morning(9))

    assert sizes == [2, 2, 1]
    assert sorted(one.number for some in listed.values() for one in some) == sorted(one.number for one in invoices)
    assert list(listed) == sorted(listed)


def test_the_list_shows_a_broken_agreement_and_writes_nothing(session: Session) -> None:
    invoice = overdue(session)
    agree_extension(session, invoice.customer_id, invoice.id, DUE + timedelta(days=10), now=morning(1))
    session.commit()

    ((shown,),) = list_overdue(session, now=morning(12)).values()

    assert (shown.is_arranged, shown.payable_on) == (False, DUE + timedelta(days=10))
    assert not session.dirty
    assert session.scalars(select(Arrangement.status)).one() is ArrangementStatus.ACTIVE
