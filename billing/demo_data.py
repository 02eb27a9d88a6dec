"""Fills an empty database with the demo: 300 customers and 13 months of invoices that the billing run issues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from billing.demo.addresses import write_addresses, write_mailboxes
from billing.demo.household import Person
from billing.demo.offer import Offer, write_offer
from billing.demo.people import People
from billing.demo.receipts import Payers
from billing.demo.reminders import Reminders
from billing.demo.rows import DemoRows
from billing.demo.stories import Calendar, Story, meet_story_people, write_stories
from billing.demo.town import write_town
from billing.errors import SaldoError
from billing.models.customer import Customer
from billing.models.demo_story import DemoStoryRow
from billing.models.seller import Seller
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing

MONTHS = 13


class DatabaseInUse(SaldoError):
    """There are customers who are not the demo's; demo data never mix with real ones."""

    status = 409


@dataclass(frozen=True, slots=True)
class DemoStory:
    """A customer to try, with what happened to them."""

    customer_number: str
    name: str
    country: str
    phone: str
    language: str
    story: str


def seed_demo(
    session_factory: sessionmaker[Session],
    *,
    seed: int = 7,
    until: BillingPeriod,
    now: datetime,
    months: int = MONTHS,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make the demo with `until` as its newest billed month; `progress` gets (months done, months in all).

    Does nothing when the demo is there; goes on where it was stopped when half of it is.
    """
    calendar = Calendar(until, months)
    with session_factory.begin() as session:
        if list_stories(session):
            return
        cast = _write_world(session, seed, calendar)
    payers = Payers(seed, {person.id: story for story, person in cast.items()}, until, now.date())
    reminders = Reminders(calendar)
    for done, period in enumerate(calendar.periods, 1):
        reminders.run_until(session_factory, _issued_at(period))
        run_billing(session_factory, period, now=_issued_at(period))
        with session_factory.begin() as session:
            payers.pay(session, period)
        if progress is not None:
            progress(done, months)
    reminders.run_until(session_factory, now)
    with session_factory.begin() as session:
        write_mailboxes(session)
        _write_story_list(session, cast)


def list_stories(session: Session) -> Sequence[DemoStory]:
    """Return the customers to try in the order to show them."""
    shown = (
        select(DemoStoryRow.story, Customer)
        .join(Customer, Customer.id == DemoStoryRow.customer_id)
        .order_by(DemoStoryRow.position)
    )
    return [
        DemoStory(customer.number, customer.name, customer.country, customer.phone, customer.language, story)
        for story, customer in session.execute(shown)
    ]


def _write_world(session: Session, seed: int, calendar: Calendar) -> dict[Story, Person]:
    """Write sellers, offer, people and their contracts unless they are there; return the cast of the stories."""
    rng = Random(seed)
    people = People(rng)
    cast = meet_story_people(people)
    if session.scalars(select(Customer.id).where(Customer.id == cast[Story.DISCOUNT_ENDED].id)).first():
        return cast
    if session.scalars(select(Seller.id).limit(1)).first() is not None:
        raise DatabaseInUse("the database has sellers of its own")
    offer: Offer = write_offer(session, calendar.newest.start)
    rows = DemoRows()
    write_stories(cast, rows, offer, calendar)
    write_town(people, rows, offer, calendar, rng)
    rows.write(session)
    write_addresses(session, seed)
    return cast


def _write_story_list(session: Session, cast: dict[Story, Person]) -> None:
    rows = [
        {"story": story.value, "customer_id": cast[story].id, "position": position}
        for position, story in enumerate(Story, 1)
    ]
    session.execute(insert(DemoStoryRow), rows)


def _issued_at(period: BillingPeriod) -> datetime:
    """Return the morning after the period, at which it is the same day in every country of the demo."""
    return datetime.combine(period.end, time(6), UTC)
