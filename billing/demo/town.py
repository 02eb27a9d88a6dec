"""Everybody else in the demo: ordinary customers, each a little different, drawn from the seed."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from billing.demo.household import Household
from billing.demo.offer import Offer, offer_content
from billing.demo.people import People
from billing.demo.rows import DemoRows, months_before
from billing.demo.stories import Calendar

PLANS = ("mobile_s", "mobile_l", "home_250", "green_power")
PLAN_WEIGHTS = (34, 20, 24, 22)
MOBILE_CHANGES = {"mobile_s": "mobile_l", "mobile_l": "mobile_s"}
GIGABYTES = {"mobile_s": (2, 9), "mobile_l": (9, 34)}
KILOWATT_HOURS = {"DE": (110, 380), "FI": (180, 950)}
MOBILE_CHARGES = ("sim_card", "roaming_pass")
ONE_OFFS = {"mobile_s": MOBILE_CHARGES, "mobile_l": MOBILE_CHARGES, "home_250": ("technician",)}

SECOND_CONTRACT = 0.15
NEW_CUSTOMER = 0.14
LEAVER = 0.03
PLAN_CHANGER = 0.10
DISCOUNTED = 0.35
SINGLE_CHARGE = 0.25
HEAVY_MONTH = 0.07


# With the seven stories, 180 customers live in Germany and 120 in Finland.
SIZE = {"DE": 177, "FI": 116}


def write_town(people: People, rows: DemoRows, offer: Offer, calendar: Calendar, rng: Random) -> None:
    for country, count in SIZE.items():
        for _ in range(count):
            _Resident(Household(rows, offer, people.meet(country)), calendar, rng).settle()


class _Resident:
    """Draws one ordinary customer's life."""

    def __init__(self, household: Household, calendar: Calendar, rng: Random) -> None:
        self._household = household
        self._calendar = calendar
        self._rng = rng

    def settle(self) -> None:
        start = self._draw_start()
        self._household.sign_up(start)
        plan = self._rng.choices(PLANS, PLAN_WEIGHTS)[0]
        self._take(plan, start)
        if self._happens(SECOND_CONTRACT):
            self._take("green_power" if plan != "green_power" else "mobile_s", max(start, self._draw_start()))

    def _take(self, plan: str, start: date) -> None:
        changed_on = self._draw_day() if plan in MOBILE_CHANGES and self._happens(PLAN_CHANGER) else None
        end = None
        if changed_on is not None and changed_on > start:
            contract = self._household.take_plan_and_change((plan, MOBILE_CHANGES[plan]), start, changed_on)
        else:
            leaves_on = self._draw_day()
            end = leaves_on if self._happens(LEAVER) and leaves_on > start else None
            contract = self._household.take_plan(plan, start, end)
        self._add_discount(contract, plan, start)
        self._add_single_charge(contract, plan, start, end)
        self._add_usage(contract, plan, start, end)

    def _add_discount(self, contract: UUID, plan: str, start: date) -> None:
        if not self._happens(DISCOUNTED):
            return
        code = self._rng.choice(("welcome", "loyalty") if plan != "home_250" else ("home_welcome", "loyalty"))
        began = start if code != "loyalty" else max(start, months_before(self._draw_day(), self._rng.randrange(9)))
        self._household.get_discount(contract, code, began)

    def _add_single_charge(self, contract: UUID, plan: str, start: date, end: date | None) -> None:
        if start >= self._calendar.first_day and self._happens(SINGLE_CHARGE):
            self._household.be_charged(contract, "connection", start)
        day = self._draw_day()
        if plan in ONE_OFFS and self._happens(SINGLE_CHARGE) and day >= start and (end is None or day < end):
            self._household.be_charged(contract, self._rng.choice(ONE_OFFS[plan]), day)

    def _add_usage(self, contract: UUID, plan: str, start: date, end: date | None) -> None:
        if plan == "home_250":
            return
        habit = self._rng.randint(*(GIGABYTES.get(plan) or KILOWATT_HOURS[self._household.person.country]))
        for period in self._calendar.periods:
            span = period.overlap(start, end)
            if span is None:
                continue
            is_power = plan == "green_power"
            quantity = self._draw_kilowatt_hours(habit, period.start) if is_power else self._draw_gigabytes(habit)
            self._household.use(contract, span, quantity, "kWh" if is_power else "GB")

    def _draw_gigabytes(self, habit: int) -> int:
        most = 2 * habit if self._happens(HEAVY_MONTH) else habit
        return self._rng.randint(max(1, habit - 3), most)

    def _draw_kilowatt_hours(self, habit: int, month: date) -> int:
        percent = int(offer_content()["power_seasons"][month.month - 1])
        return habit * percent * self._rng.randint(90, 110) // 10_000

    def _draw_start(self) -> date:
        """Return a day in the months that the demo shows for a new customer, years before for most."""
        if self._happens(NEW_CUSTOMER):
            return self._draw_day()
        return self._calendar.first_day - timedelta(days=self._rng.randrange(1, 6 * 365))

    def _draw_day(self) -> date:
        days = (self._calendar.newest.end - self._calendar.first_day).days
        return self._calendar.first_day + timedelta(days=self._rng.randrange(days))

    def _happens(self, share: float) -> bool:
        return self._rng.random() < share
