"""The demo's world is the same for the same seed, and its stories are what the database says. Checked by raw SQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from billing.db import make_session_factory
from billing.demo_data import DatabaseInUse, DemoStory, list_stories, seed_demo
from billing.explanations import explain_latest_change
from billing.models import Customer, Invoice
from billing.payments import payment_status
from billing.run.billing_run import run_billing
from tests.databases import KINDS, engine_of, of_kind
from tests.effort import LONG
from tests.factories.billing import make_customer, make_seller
from tests.factories.demo import SEEDED_AT as NOW
from tests.factories.demo import UNTIL, demo_url

__all__ = ["demo_url"]

TODAY = NOW.date()
# Every statement runs on both; the whole length, which is the usual one, with its turn of the year, on the faster one.
MONTHS = {"sqlite": 13, "postgresql": 4}
EXPLAINED_EVERY = {"sqlite": 1 if LONG else 5, "postgresql": 10 if LONG else 30}
TABLES = ("customer", "contract", "discount", "usage_record", "invoice", "line_item", "invoice_tax", "payment")


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, demo_url: str) -> Iterator[Engine]:
    """One seeded database for all tests of this module that only read."""
    databases = of_kind(request.param)
    url = databases.create(template=demo_url if request.param == "sqlite" else None)
    engine = engine_of(url)
    if request.param == "postgresql":
        seed_demo(make_session_factory(engine), until=UNTIL, now=NOW, months=MONTHS[request.param])
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def session(demo: Engine) -> Iterator[Session]:
    with make_session_factory(demo)() as session:
        yield session


@pytest.fixture
def make_empty() -> Iterator[Callable[[], Engine]]:
    """Makes databases to seed anew; which kind they are does not matter to what is written."""
    databases = of_kind("sqlite")
    with ExitStack() as stack:

        def make() -> Engine:
            url = databases.create()
            stack.callback(databases.drop, url)
            engine = engine_of(url)
            stack.callback(engine.dispose)
            return engine

        yield make


def seed_two_months(engine: Engine, **options: Any) -> Engine:
    seed_demo(make_session_factory(engine), until=UNTIL, now=NOW, months=2, **options)
    return engine


def rows(session: Session, sql: str, **values: object) -> list[Any]:
    return [tuple(row) for row in session.execute(text(sql), values)]


def story(session: Session, name: str) -> DemoStory:
    return next(one for one in list_stories(session) if one.story == name)


def newest_two(session: Session, name: str) -> list[int]:
    """The totals of the newest bill and the one before."""
    sql = """SELECT total_minor FROM invoice JOIN customer ON customer.id = invoice.customer_id
             WHERE customer.number = :number ORDER BY period_start DESC LIMIT 2"""
    return [total for (total,) in rows(session, sql, number=story(session, name).customer_number)]


def lines_of(session: Session, name: str, period_start: date) -> list[tuple[str, str, int, int]]:
    sql = """SELECT line_item.kind, line_item.reason_code, line_item.quantity, line_item.amount_minor
             FROM line_item JOIN invoice ON invoice.id = line_item.invoice_id
             JOIN customer ON customer.id = invoice.customer_id
             WHERE customer.number = :number AND invoice.period_start = :start ORDER BY line_item.position"""
    return rows(session, sql, number=story(session, name).customer_number, start=period_start)


SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def causes(session: Session, name: str) -> list[tuple[str, int]]:
    number = story(session, name).customer_number
    customer = session.query(Customer).filter_by(number=number).one()
    change = explain_latest_change(session, customer.id)
    assert change is not None
    return [(cause.code.value, cause.amount.minor) for cause in change.causes]


def test_300_customers_live_in_two_countries_and_speak_three_languages(session: Session) -> None:
    people = dict(rows(session, "SELECT country || ' ' || language, count(*) FROM customer GROUP BY 1"))

    assert sum(people.values()) == 300
    assert set(people) == {"DE de", "DE en", "FI fi", "FI en"}
    assert min(people.values()) >= 10


def test_four_plans_are_sold_and_each_has_customers(session: Session) -> None:
    sold = rows(
        session, "SELECT code, count(*) FROM plan JOIN contract_phase ON contract_phase.plan_id = plan.id GROUP BY code"
    )

    assert len(sold) == 4
    assert min(count for _, count in sold) > 20


def test_phones_are_fictional_and_belong_to_one_person(session: Session) -> None:
    phones = [phone for (phone,) in rows(session, "SELECT phone FROM customer")]

    assert len(set(phones)) == 300
    assert all(phone.startswith(("+4917139200", "+49176040690", "+358450000")) for phone in phones)


def test_all_months_were_billed_and_nobody_was_left_out(session: Session) -> None:
    per_month = rows(session, "SELECT period_start, count(*) FROM invoice GROUP BY 1 ORDER BY 1")
    unbilled = rows(
        session,
        """SELECT count(*) FROM contract WHERE started_on < :end AND (ended_on IS NULL OR ended_on > :start)
           AND NOT EXISTS (SELECT 1 FROM invoice WHERE invoice.customer_id = contract.customer_id
                           AND invoice.period_start = :start)""",
        start=OCTOBER,
        end=date(2026, 11, 1),
    )

    assert len(per_month) == MONTHS[session.get_bind().dialect.name]
    assert min(count for _, count in per_month) > 200
    assert unbilled == [(0,)]


def test_numbers_have_no_gaps_per_seller_and_year(session: Session) -> None:
    series = rows(
        session, "SELECT seller_id, year, count(*), min(sequence), max(sequence) FROM invoice GROUP BY seller_id, year"
    )

    assert len({seller_id for seller_id, *_ in series}) == 2
    assert all(lowest == 1 and highest == count for _, _, count, lowest, highest in series)


def test_every_invoice_is_the_sum_of_its_lines_and_of_its_taxes(session: Session) -> None:
    wrong = rows(
        session,
        """SELECT number FROM invoice WHERE total_minor <>
               (SELECT sum(amount_minor) FROM line_item WHERE line_item.invoice_id = invoice.id)
           OR total_minor <> (SELECT sum(gross_minor) FROM invoice_tax WHERE invoice_tax.invoice_id = invoice.id)""",
    )

    assert wrong == []


def test_prices_hold_the_tax_of_the_country(session: Session) -> None:
    rates = rows(
        session,
        """SELECT DISTINCT customer.country, line_item.tax_rate FROM line_item
           JOIN invoice ON invoice.id = line_item.invoice_id JOIN customer ON customer.id = invoice.customer_id
           WHERE line_item.kind <> 'late_fee' ORDER BY 1""",
    )

    assert rates == [("DE", 1900), ("FI", 2550)]


def test_late_fees_are_charged_in_finland_only_and_never_more_than_five_euros(session: Session) -> None:
    fees = rows(
        session,
        """SELECT DISTINCT customer.country, line_item.amount_minor FROM line_item
           JOIN invoice ON invoice.id = line_item.invoice_id JOIN customer ON customer.id = invoice.customer_id
           WHERE line_item.kind = 'late_fee'""",
    )

    assert fees == [("FI", 500)]


def test_no_payment_comes_from_the_future(session: Session) -> None:
    assert rows(session, "SELECT count(*) FROM payment WHERE received_on > :today", today=TODAY) == [(0,)]


def test_each_story_has_a_customer_in_the_order_shown(session: Session) -> None:
    stories = list_stories(session)

    assert [one.story for one in stories] == [
        "discount_ended",
        "extra_usage",
        "plan_change",
        "late_payment",
        "duplicate_charge",
        "first_bill",
        "cheaper_plan",
    ]
    assert {one.language for one in stories} == {"en", "de", "fi"}
    assert all(len(one.customer_number) == 8 for one in stories)


def test_discount_ended(session: Session) -> None:
    assert newest_two(session, "discount_ended") == [3999, 2999]
    assert lines_of(session, "discount_ended", SEPTEMBER)[1] == ("discount", "discount", 1, -1000)
    assert len(lines_of(session, "discount_ended", OCTOBER)) == 1
    assert causes(session, "discount_ended") == [("discount_ended", 1000)]


def test_extra_usage(session: Session) -> None:
    """Six gigabytes beyond the ten included, at 1.90 each."""
    assert newest_two(session, "extra_usage") == [1690 + 6 * 190, 1690]
    assert lines_of(session, "extra_usage", OCTOBER)[1] == ("usage", "extra_usage", 6, 1140)
    assert causes(session, "extra_usage") == [("extra_usage", 1140)]


def test_plan_change(session: Session) -> None:
    """14 of 31 days at 14.99 are 6.77; 17 days at 24.99 are 24.99 less the 11.29 of the first 14."""
    newest, before = newest_two(session, "plan_change")

    assert (newest, before) == (677 + 1370, 1499)
    assert [line[3] for line in lines_of(session, "plan_change", OCTOBER)] == [677, 1370]
    assert causes(session, "plan_change") == [("plan_change", newest - before)]


def test_late_payment(session: Session) -> None:
    number = story(session, "late_payment").customer_number
    (received_on, due_on), *_ = rows(
        session,
        """SELECT payment.received_on, invoice.due_on FROM payment JOIN invoice ON invoice.id = payment.invoice_id
           JOIN customer ON customer.id = invoice.customer_id
           WHERE customer.number = :number ORDER BY invoice.period_start DESC""",
        number=number,
    )

    assert date.fromisoformat(str(received_on)) - date.fromisoformat(str(due_on)) == timedelta(days=16)
    assert newest_two(session, "late_payment") == [2990 + 500, 2990]
    assert causes(session, "late_payment") == [("late_fee", 500)]


def test_duplicate_charge(session: Session) -> None:
    booked = rows(
        session,
        """SELECT one_off_charge.reference, count(*) FROM one_off_charge
           JOIN contract ON contract.id = one_off_charge.contract_id JOIN customer ON customer.id = contract.customer_id
           WHERE customer.number = :number GROUP BY one_off_charge.reference""",
        number=story(session, "duplicate_charge").customer_number,
    )

    assert [count for _, count in booked] == [2]
    assert newest_two(session, "duplicate_charge") == [3999 + 2 * 4990, 3999]
    assert causes(session, "duplicate_charge") == [("one_off", 4990), ("duplicate_charge", 4990)]


def test_first_bill(session: Session) -> None:
    """20 of 31 days at 27.90."""
    assert newest_two(session, "first_bill") == [1800]
    assert causes(session, "first_bill") == [("first_bill", 1800)]


def test_cheaper_plan(session: Session) -> None:
    """24 gigabytes, of which 10 are included and 14 cost 1.90 each; the month before it was one less."""
    assert newest_two(session, "cheaper_plan") == [1690 + 14 * 190, 1690 + 13 * 190]
    assert causes(session, "cheaper_plan") == [("extra_usage", 190)]


def test_bills_of_the_demo_show_where_their_customers_live(session: Session) -> None:
    invoices = session.scalars(select(Invoice)).all()
    streets = {customer.id: customer.street for customer in session.scalars(select(Customer))}

    kept = {invoice.customer_id: invoice.parties["customer"]["street"] for invoice in invoices if invoice.parties}

    assert len(kept) == len({invoice.customer_id for invoice in invoices})
    assert all(kept.values())
    assert kept == {customer_id: streets[customer_id] for customer_id in kept}


def test_everybody_has_an_address_and_letters_of_their_own(session: Session) -> None:
    addresses = rows(session, "SELECT email, street, postal_code, city FROM customer")

    assert all(all(address) for address in addresses)
    assert len({email for email, *_ in addresses}) == 300
    assert {email.rpartition("@")[2] for email, *_ in addresses} == {"post.example"}


def test_the_newest_bills_are_explained_without_a_rest(session: Session) -> None:
    step = EXPLAINED_EVERY[session.get_bind().dialect.name]
    customers = session.query(Customer).order_by(Customer.number).all()[::step]
    changes = [explain_latest_change(session, customer.id) for customer in customers]

    named = [cause for change in changes if change is not None for cause in change.causes]
    assert len(changes) == 300 // step
    assert len(named) > 100 // step
    assert "other" not in {cause.code for cause in named}


def test_some_customers_paid_twice_some_owe_and_most_are_square(session: Session) -> None:
    invoices = rows(
        session,
        """SELECT invoice.customer_id, invoice.total_minor, invoice.due_on, coalesce(sum(payment.amount_minor), 0)
           FROM invoice LEFT JOIN payment ON payment.invoice_id = invoice.id GROUP BY invoice.id""",
    )
    paid_twice = {customer_id for customer_id, total, _, paid in invoices if paid > total > 0}
    owing = {customer_id for customer_id, total, _, paid in invoices if paid < total}

    assert len(paid_twice) > 5
    assert 5 < len(owing) < 60
    some = UUID(str(min(paid_twice, key=str)))
    assert payment_status(session, some, TODAY).duplicate is not None


def contents(engine: Engine) -> list[Any]:
    with make_session_factory(engine)() as session:
        return [rows(session, f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]


@pytest.fixture(scope="module")
def two_months() -> Iterator[Engine]:
    databases = of_kind("sqlite")
    url = databases.create()
    yield seed_two_months(engine_of(url))
    databases.drop(url)


def test_the_same_seed_gives_the_same_world(two_months: Engine, make_empty: Callable[[], Engine]) -> None:
    other = seed_two_months(make_empty())

    assert contents(two_months) == contents(other)


def test_another_seed_gives_other_people_with_the_same_stories(
    two_months: Engine, make_empty: Callable[[], Engine]
) -> None:
    progress: list[tuple[int, int]] = []
    other = seed_two_months(make_empty(), seed=8, progress=lambda done, in_all: progress.append((done, in_all)))

    with make_session_factory(two_months)() as session, make_session_factory(other)() as other_session:
        numbers = {story.customer_number for story in list_stories(session)}
        assert numbers.isdisjoint(story.customer_number for story in list_stories(other_session))
        assert causes(session, "plan_change") == causes(other_session, "plan_change")
    assert progress == [(1, 2), (2, 2)]


def test_seeding_again_changes_nothing(demo: Engine) -> None:
    before = contents(demo)

    seed_demo(make_session_factory(demo), until=UNTIL.next_month(), now=NOW + timedelta(days=30))

    assert contents(demo) == before


def test_the_billing_run_finds_nothing_left_to_bill(demo: Engine) -> None:
    assert run_billing(make_session_factory(demo), UNTIL, now=NOW).issued == 0


def test_demo_data_never_mix_with_real_customers(make_empty: Callable[[], Engine]) -> None:
    factory = make_session_factory(make_empty())
    with factory.begin() as session:
        make_seller(session)
        make_customer(session)

    with pytest.raises(DatabaseInUse):
        seed_demo(factory, until=UNTIL, now=NOW)

    with factory() as session:
        assert rows(session, "SELECT count(*) FROM customer") == [(1,)]
        assert rows(session, "SELECT count(*) FROM plan") == [(0,)]


def test_a_seeding_that_was_stopped_goes_on(two_months: Engine, make_empty: Callable[[], Engine]) -> None:
    stopped = make_empty()

    def stop(_done: int, _in_all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed_two_months(stopped, progress=stop)
    seed_two_months(stopped)

    assert contents(stopped) == contents(two_months)
