"""The customers that the demo shows: each one's newest bill differs from the one before for one reason only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from billing.demo.household import Household, Person
from billing.demo.offer import Offer
from billing.demo.people import People
from billing.demo.rows import DemoRows, months_before
from billing.periods import BillingPeriod

STEADY_GIGABYTES = 4
HEAVY_GIGABYTES = 23
CHANGE_DAY = 15
START_DAY = 12
VISIT_DAY = 8


class Story(StrEnum):
    """What a support desk hears, in the order in which the demo shows it."""

    DISCOUNT_ENDED = "discount_ended"
    EXTRA_USAGE = "extra_usage"
    PLAN_CHANGE = "plan_change"
    LATE_PAYMENT = "late_payment"
    DUPLICATE_CHARGE = "duplicate_charge"
    FIRST_BILL = "first_bill"
    CHEAPER_PLAN = "cheaper_plan"


@dataclass(frozen=True)
class Calendar:
    """The demo's months: the newest billed one, and the first."""

    newest: BillingPeriod
    months: int

    @cached_property
    def periods(self) -> list[BillingPeriod]:
        starts = [months_before(self.newest.start, back) for back in range(self.months - 1, -1, -1)]
        return [BillingPeriod.month_of(start) for start in starts]

    @property
    def first_day(self) -> date:
        return self.periods[0].start


PEOPLE: dict[Story, tuple[str, str, str]] = {
    Story.DISCOUNT_ENDED: ("DE", "de", "Lena Hoffmann"),
    Story.EXTRA_USAGE: ("FI", "fi", "Mikko Lehtonen"),
    Story.PLAN_CHANGE: ("DE", "en", "Grace Okafor"),
    Story.LATE_PAYMENT: ("FI", "fi", "Aino Salminen"),
    Story.DUPLICATE_CHARGE: ("DE", "de", "Jonas Petersen"),
    Story.FIRST_BILL: ("FI", "en", "Daniel Hughes"),
    Story.CHEAPER_PLAN: ("FI", "fi", "Ville Rantanen"),
}


def meet_story_people(people: People) -> dict[Story, Person]:
    return {story: people.meet(country, language, name) for story, (country, language, name) in PEOPLE.items()}


def write_stories(cast: dict[Story, Person], rows: DemoRows, offer: Offer, calendar: Calendar) -> None:
    for story, person in cast.items():
        SCRIPTS[story](Household(rows, offer, person), calendar)


def _discount_ended(household: Household, calendar: Calendar) -> None:
    start = months_before(calendar.newest.start, 24)
    household.sign_up(start)
    contract = household.take_plan("home_250", start)
    household.get_discount(contract, "home_welcome", start, calendar.newest.start)


def _extra_usage(household: Household, calendar: Calendar) -> None:
    start = months_before(calendar.first_day, 17)
    household.sign_up(start)
    contract = household.take_plan("mobile_s", start)
    for period in calendar.periods[:-1]:
        household.use(contract, period, 2 * STEADY_GIGABYTES, "GB")
    household.use(contract, calendar.newest, 4 * STEADY_GIGABYTES, "GB")


def _plan_change(household: Household, calendar: Calendar) -> None:
    start = months_before(calendar.first_day, 8)
    household.sign_up(start)
    changed_on = calendar.newest.start.replace(day=CHANGE_DAY)
    contract = household.take_plan_and_change(("mobile_s", "mobile_l"), start, changed_on)
    for period in calendar.periods:
        household.use(contract, period, STEADY_GIGABYTES, "GB")


def _late_payment(household: Household, calendar: Calendar) -> None:
    """Live in Finland, where the law lets a reminder cost something; the payment itself is in receipts."""
    start = months_before(calendar.first_day, 30)
    household.sign_up(start)
    household.take_plan("home_250", start)


def _duplicate_charge(household: Household, calendar: Calendar) -> None:
    start = months_before(calendar.first_day, 5)
    household.sign_up(start)
    contract = household.take_plan("home_250", start)
    household.be_charged(contract, "technician", calendar.newest.start.replace(day=VISIT_DAY), times=2)


def _first_bill(household: Household, calendar: Calendar) -> None:
    start = calendar.newest.start.replace(day=START_DAY)
    household.sign_up(start - timedelta(days=6))
    contract = household.take_plan("mobile_l", start)
    household.use(contract, BillingPeriod(start, calendar.newest.end), STEADY_GIGABYTES, "GB")


def _cheaper_plan(household: Household, calendar: Calendar) -> None:
    """Use far more than the plan includes, month after month: the larger plan would cost less."""
    start = months_before(calendar.first_day, 20)
    household.sign_up(start)
    contract = household.take_plan("mobile_s", start)
    for period in calendar.periods[:-1]:
        household.use(contract, period, HEAVY_GIGABYTES, "GB")
    household.use(contract, calendar.newest, HEAVY_GIGABYTES + 1, "GB")


SCRIPTS: dict[Story, Callable[[Household, Calendar], None]] = {
    Story.DISCOUNT_ENDED: _discount_ended,
    Story.EXTRA_USAGE: _extra_usage,
    Story.PLAN_CHANGE: _plan_change,
    Story.LATE_PAYMENT: _late_payment,
    Story.DUPLICATE_CHARGE: _duplicate_charge,
    Story.FIRST_BILL: _first_bill,
    Story.CHEAPER_PLAN: _cheaper_plan,
}
