"""A run that is killed at any of its steps is finished by the next one, as if nothing had happened.

A step is every statement that writes and every end of a transaction, so no step can be forgotten: the undisturbed run
counts them, then a process of its own is killed at each of them, on a fresh copy of the database.
"""

import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import Engine, Table, event, insert, select, text

from billing.db import Base, make_engine, make_session_factory
from billing.money import Money
from billing.payments import record_payment
from billing.periods import BillingPeriod
from billing.run import billing_run
from billing.run.billing_run import BillingRunReport, run_billing
from tests.databases import KINDS, of_kind
from tests.factories.billing import (
    make_contract,
    make_customer,
    make_discount,
    make_one_off,
    make_plan,
    make_usage,
)

OCTOBER = BillingPeriod.month("2026-10")
AFTER_OCTOBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
FEWEST_POINTS = 20
# To die before a statement that reads leaves the same behind as to die before the next one that writes.
READS = ("SELECT", "WITH")
TABLES = Base.metadata.sorted_tables

World = dict[Table, list[dict[str, object]]]

# Numbers that the database gives may have gaps, and say nothing: rows are told apart by what they are about.
CONTENTS = (
    "SELECT seller_id, year, last_sequence FROM invoice_series",
    "SELECT id, seller_id, customer_id, number, year, sequence, period_start, period_end, issued_on, due_on, "
    "total_minor, currency FROM invoice",
    "SELECT invoice_id, position, contract_id, kind, reason_code, CAST(cause AS TEXT), price_version_id, period_start, "
    "period_end, quantity, unit, amount_minor, currency, tax_rate FROM line_item",
    "SELECT invoice_id, tax_rate, gross_minor, net_minor, tax_minor, currency FROM invoice_tax",
    "SELECT t.customer_id, t.kind, CASE t.kind WHEN 'allocation' THEN '' ELSE t.document END, t.booked_on, e.account, "
    "e.amount_minor, e.currency "
    "FROM journal_transaction t JOIN journal_entry e ON e.transaction_id = t.id",
    "SELECT p.reference, a.invoice_id, a.amount_minor, a.allocated_on "
    "FROM allocation a JOIN payment p ON p.id = a.payment_id",
    "SELECT kind, recipient, subject, body, CAST(attachment AS TEXT), dedupe_key, status FROM outbox_message",
    "SELECT kind, key, customer_id, CAST(facts AS TEXT), done_at FROM human_task",
)


@pytest.fixture(autouse=True)
def _several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing_run, "BATCH_SIZE", 3)


def write_world(url: str) -> None:
    """Write two sellers with four accounts: a batch each, and a parked account in the middle of the first."""
    engine = make_engine(url)
    with make_session_factory(engine).begin() as session:
        for country in ("DE", "FI"):
            plan = make_plan(session, country=country, unit="GB", included=10, unit_price_micro=2_000_000)
            for place in range(2 if country == "DE" else 1):
                number = f"3000000{2 * place}" if country == "DE" else "40000000"
                customer = make_customer(session, country=country, number=number, email=f"{number}@example.com")
                record_payment(
                    session,
                    customer_id=customer.id,
                    reference=f"in advance by {number}",
                    amount=Money(1000, "EUR"),
                    received_on=date(2026, 9, 9),
                    now=datetime(2026, 9, 9, 6, tzinfo=UTC),
                )
                contract = make_contract(session, customer, plan)
                make_usage(session, contract, used_on=date(2026, 10, 9), quantity=11 + place)
                make_discount(session, contract, amount_minor=500)
                make_one_off(session, contract, charged_on=date(2026, 10, 9), reference=f"WO-{number}")
        parked = make_customer(session, number="30000001")
        make_contract(session, parked, make_plan(session, valid_to=date(2026, 10, 20)))
    engine.dispose()


@pytest.fixture(scope="module")
def world() -> World:
    """Return the rows of an installation before its run, to be written into any database."""
    databases = of_kind("sqlite")
    url = databases.create()
    write_world(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        rows = {table: [row._asdict() for row in connection.execute(select(table))] for table in TABLES}
    engine.dispose()
    databases.drop(url)
    return rows


class Installation:
    """A database with the world in it."""

    def __init__(self, kind: str, world: World) -> None:
        self._databases = of_kind(kind)
        self.url = self._databases.create()
        self.engine = engine_of(self.url)
        with self.engine.begin() as connection:
            for table, rows in world.items():
                if rows:
                    connection.execute(insert(table), rows)
                if kind == "postgresql" and rows and isinstance(rows[0].get("id"), int):
                    last = max(row["id"] for row in rows)
                    connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"))
        self.engine.dispose()  # a process that is forked must not inherit a connection

    def run(self) -> BillingRunReport:
        return run_billing(make_session_factory(self.engine), OCTOBER, now=AFTER_OCTOBER)

    def contents(self) -> list[list[tuple[object, ...]]]:
        with self.engine.connect() as connection:
            return [sorted(map(tuple, connection.execute(text(query))), key=repr) for query in CONTENTS]

    def remove(self) -> None:
        self.engine.dispose()
        self._databases.drop(self.url)


@cache
def engine_of(url: str) -> Engine:
    """Keep the engine, also for processes that are forked: it knows its compiled statements."""
    return make_engine(url)


def run_with_steps(url: str, step: Callable[[], object]) -> None:
    """Call `step` before each statement that writes, and before and after the end of each transaction."""

    def watch_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(READS):
            step()

    def watch_commit(_: object) -> None:
        step()

    engine = engine_of(url)
    sessions = make_session_factory(engine)
    event.listen(sessions, "after_commit", watch_commit)
    event.listen(engine, "commit", watch_commit)
    event.listen(engine, "before_cursor_execute", watch_statement)
    run_billing(sessions, OCTOBER, now=AFTER_OCTOBER)
    event.remove(engine, "commit", watch_commit)
    event.remove(engine, "before_cursor_execute", watch_statement)
    engine.dispose()


def run_and_die(url: str, fatal_step: int) -> None:
    """Run in a process that is killed at the step; nothing of Python's gets to tidy up."""
    steps = itertools.count(1)

    def step() -> None:
        if next(steps) == fatal_step:
            os.kill(os.getpid(), signal.SIGKILL)

    run_with_steps(url, step)


def start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    process.start()
    return process


def exit_code(process: BaseProcess) -> int | None:
    process.join(60)
    return process.exitcode


def undisturbed(kind: str, world: World) -> tuple[int, list[list[tuple[object, ...]]]]:
    """Return the number of steps of a whole run, and what it leaves behind."""
    installation = Installation(kind, world)
    steps = itertools.count()
    run_with_steps(installation.url, lambda: next(steps))
    contents = installation.contents()
    installation.remove()
    return next(steps), contents


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_at_any_step_is_finished_by_the_next_as_if_nothing_had_happened(kind: str, world: World) -> None:
    points, expected = undisturbed(kind, world)
    assert points >= FEWEST_POINTS

    for point in range(1, points + 1):
        installation = Installation(kind, world)
        assert exit_code(start(run_and_die, installation.url, point)) == -signal.SIGKILL
        installation.run()
        assert installation.contents() == expected, f"killed at step {point} of {points}"
        installation.remove()


@pytest.mark.parametrize("kind", KINDS)
def test_the_undisturbed_run_is_what_it_should_be(kind: str, world: World) -> None:
    _, (series, invoices, lines, taxes, journal, credit, letters, tasks) = undisturbed(kind, world)

    # Two customers in Germany and one in Finland; each has base, usage, discount and a single charge.
    assert [row[3] for row in sorted(invoices, key=lambda row: str(row[3]))] == [
        "DE-2026-000001",
        "DE-2026-000002",
        "FI-2026-000001",
    ]
    assert sorted(row[2] for row in series) == [1, 2]
    assert (len(lines), len(taxes), len(tasks)) == (12, 3, 1)
    # Each had paid 10.00 in advance, which the invoice uses up, and gets a letter.
    assert [row[2] for row in credit] == [1000] * 3
    assert len(letters) == 3
    # Of each: two entries for the payment, three for the invoice, two for the use of the credit.
    assert len(journal) == 3 * 7


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_runs_at_the_same_time_one_may_be_killed(kind: str, world: World) -> None:
    points, expected = undisturbed(kind, world)

    for point in (points // 4, points // 2, 3 * points // 4):
        installation = Installation(kind, world)
        mortal = start(run_and_die, installation.url, point)
        other = start(run_with_steps, installation.url, int)
        assert exit_code(other) == 0
        # It may have come second, with nothing left to do and so nothing left to die of.
        assert exit_code(mortal) in (-signal.SIGKILL, 0)
        installation.run()
        assert installation.contents() == expected
        installation.remove()
