"""Scenarios of plans, prices, parts of a month and discounts."""

from random import Random

from billing.periods import BillingPeriod
from tests.billing.explain.made_bills import fee, half_up, made_bill, off, part
from tests.billing.explain.scenario import Scenario, a_price, day_before, day_within, scenario, two_months


@scenario("nothing changed")
def _nothing(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less = a_price(rng), rng.randint(100, 900)
    return Scenario(
        made_bill(before, fee(before, cents), off(before, less)), made_bill(now, fee(now, cents), off(now, less)), []
    )


@scenario("a discount ended with the month before")
def _ended(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less = a_price(rng), rng.randint(100, 900)
    previous = made_bill(before, fee(before, cents), off(before, less, ended=before.last_day))
    return Scenario(previous, made_bill(now, fee(now, cents)), [("discount_ended", less)])


@scenario("a discount ended within the month")
def _ended_within(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less, end = a_price(rng), rng.randint(200, 900), day_within(rng, now)
    previous = made_bill(before, fee(before, cents), off(before, less))
    current = made_bill(now, fee(now, cents), off(now, less, days=(now.start, end), ended=day_before(end)))
    return Scenario(previous, current, [("discount_ended", less - part(less, now, now.start, end))])


@scenario("a discount began with the month")
def _began(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less = a_price(rng), rng.randint(100, 900)
    current = made_bill(now, fee(now, cents), off(now, less, started=now.start))
    return Scenario(made_bill(before, fee(before, cents)), current, [("discount_started", -less)])


@scenario("a discount began within the month before")
def _began_within(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less, start = a_price(rng), rng.randint(200, 900), day_within(rng, before)
    previous = made_bill(before, fee(before, cents), off(before, less, started=start, days=(start, before.end)))
    current = made_bill(now, fee(now, cents), off(now, less, started=start))
    return Scenario(previous, current, [("discount_started", part(less, before, start, before.end) - less)])


@scenario("a discount for some days of one month")
def _some_days(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less, end = a_price(rng), rng.randint(200, 900), day_within(rng, now)
    current = made_bill(
        now, fee(now, cents), off(now, less, started=now.start, days=(now.start, end), ended=day_before(end))
    )
    return Scenario(
        made_bill(before, fee(before, cents)), current, [("discount_started", -part(less, now, now.start, end))]
    )


@scenario("one discount ends as another of the same amount begins")
def _cancel_out(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less = a_price(rng), rng.randint(100, 900)
    previous = made_bill(before, fee(before, cents), off(before, less, ended=before.last_day))
    current = made_bill(now, fee(now, cents), off(now, less, key="d2", started=now.start))
    return Scenario(previous, current, [("discount_ended", less), ("discount_started", -less)])


@scenario("a discount that another held down is free again")
def _uncapped(rng: Random) -> Scenario:
    """10.00 a month, both worth 7.00 alone: the second got 3.00, and gets 7.00 when the first has ended."""
    before, now = two_months(rng)
    cents = a_price(rng)
    alone = cents * 7 // 10
    left = cents - alone
    previous = made_bill(
        before, fee(before, cents), off(before, alone, ended=before.last_day), off(before, left, key="d2", alone=alone)
    )
    current = made_bill(now, fee(now, cents), off(now, alone, key="d2"))
    return Scenario(previous, current, [("discount_ended", alone), ("discount_changed", left - alone)])


@scenario("a better discount takes the place of another")
def _displaced(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, less = a_price(rng), rng.randint(100, 400)
    better = less + rng.randint(1, 400)
    previous = made_bill(before, fee(before, cents), off(before, less, ended=now.next_month().last_day))
    current = made_bill(now, fee(now, cents), off(now, better, key="d2", started=now.start))
    return Scenario(previous, current, [("discount_changed", less), ("discount_started", -better)])


@scenario("a line is cancelled and the discount on the account shrinks")
def _account_discount(rng: Random) -> Scenario:
    """The bill rises although a line is gone: 5.00 less for it, 8.00 less off for the account."""
    before, now = two_months(rng)
    cents, line, shrinks = a_price(rng), rng.randint(200, 600), rng.randint(700, 900)
    previous = made_bill(
        before,
        fee(before, cents),
        fee(before, line, contract=2, plan="Extra", last_day=before.last_day),
        off(before, 1000, contract=None),
    )
    current = made_bill(now, fee(now, cents), off(now, 1000 - shrinks, contract=None))
    return Scenario(previous, current, [("proration", -line), ("discount_changed", shrinks)])


@scenario("a new price from the first of the month")
def _price(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more = a_price(rng), rng.randint(-300, 300) or 50
    current = made_bill(now, fee(now, cents + more, since=now.start))
    return Scenario(made_bill(before, fee(before, cents)), current, [("price_change", more)])


@scenario("a new price within the month")
def _price_within(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more, day = a_price(rng), rng.randint(200, 900), day_within(rng, now)
    current = made_bill(
        now, fee(now, cents, days=(now.start, day)), fee(now, cents + more, days=(day, now.end), since=day)
    )
    effect = part(cents, now, now.start, day) + part(cents + more, now, day, now.end) - cents
    return Scenario(made_bill(before, fee(before, cents)), current, [("price_change", effect)])


@scenario("the month after a new price")
def _price_whole(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more, day = a_price(rng), rng.randint(200, 900), day_within(rng, before)
    previous = made_bill(
        before,
        fee(before, cents, days=(before.start, day)),
        fee(before, cents + more, days=(day, before.end), since=day),
    )
    cut = part(cents, before, before.start, day) + part(cents + more, before, day, before.end)
    return Scenario(previous, made_bill(now, fee(now, cents + more, since=day)), [("price_change", cents + more - cut)])


@scenario("another plan from the first of the month")
def _plan(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more = a_price(rng), rng.randint(100, 3000)
    current = made_bill(now, fee(now, cents + more, plan="Large", plan_since=now.start))
    return Scenario(made_bill(before, fee(before, cents)), current, [("plan_change", more)])


@scenario("another plan within the month")
def _plan_within(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more, day = a_price(rng), rng.randint(200, 3000), day_within(rng, now)
    current = made_bill(
        now,
        fee(now, cents, days=(now.start, day)),
        fee(now, cents + more, plan="Large", days=(day, now.end), plan_since=day),
    )
    effect = part(cents, now, now.start, day) + part(cents + more, now, day, now.end) - cents
    return Scenario(made_bill(before, fee(before, cents)), current, [("plan_change", effect)])


@scenario("the month after another plan")
def _plan_whole(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more, day = a_price(rng), rng.randint(200, 3000), day_within(rng, before)
    previous = made_bill(
        before,
        fee(before, cents, days=(before.start, day)),
        fee(before, cents + more, plan="Large", days=(day, before.end), plan_since=day),
    )
    cut = part(cents, before, before.start, day) + part(cents + more, before, day, before.end)
    current = made_bill(now, fee(now, cents + more, plan="Large", plan_since=day))
    return Scenario(previous, current, [("proration", cents + more - cut)])


@scenario("a share discount follows another plan")
def _share_follows(rng: Random) -> Scenario:
    """10 % of whole tens: a plan that costs 10.00 more costs 9.00 more."""
    before, now = two_months(rng)
    cents, more = 100 * rng.randint(10, 50), 100 * rng.randint(1, 30)
    previous = made_bill(before, fee(before, cents), off(before, cents // 10, share=1000))
    current = made_bill(
        now, fee(now, cents + more, plan="Large", plan_since=now.start), off(now, (cents + more) // 10, share=1000)
    )
    return Scenario(previous, current, [("plan_change", more - more // 10)])


@scenario("the first whole month after a part of one, with a share discount")
def _whole_month(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, day = a_price(rng), day_within(rng, before)
    less = half_up(cents * 2500, 10_000)
    days = (day, before.end)
    previous = made_bill(before, fee(before, cents, days=days), off(before, less, days=days, started=day, share=2500))
    previous_cents = part(cents, before, *days) - part(less, before, *days)
    current = made_bill(now, fee(now, cents), off(now, less, started=day, share=2500))
    return Scenario(previous, current, [("proration", cents - less - previous_cents)])


@scenario("plan, price, days and two discounts in one month")
def _all_at_once(rng: Random) -> Scenario:
    """The contract began within the month before; then in turn: whole month, other plan, dearer, one discount less."""
    before, now = two_months(rng)
    start = day_within(rng, before)
    day, dearer_on = sorted((day_within(rng, now), day_within(rng, now)))
    if day == dearer_on:
        return _all_at_once(rng)
    cents, large, dearer, less = a_price(rng), a_price(rng, 3000), a_price(rng, 3000), 310
    previous = made_bill(
        before,
        fee(before, cents, days=(start, before.end)),
        off(before, less, days=(start, before.end), ended=before.last_day),
    )
    current = made_bill(
        now,
        fee(now, cents, days=(now.start, day)),
        fee(now, large, plan="Large", days=(day, dearer_on), plan_since=day),
        fee(now, dearer, plan="Large", days=(dearer_on, now.end), plan_since=day, since=dearer_on),
        off(now, 500, key="d2", started=now.start),
    )
    last = (dearer_on, now.end)
    labels = [
        ("proration", cents - part(cents, before, start, before.end)),
        (
            "plan_change",
            part(large, now, day, dearer_on)
            + part(large, now, *last)
            - part(cents, now, day, dearer_on)
            - part(cents, now, *last),
        ),
        ("price_change", part(dearer, now, *last) - part(large, now, *last)),
        ("discount_ended", part(less, before, start, before.end)),
        ("discount_started", -500),
    ]
    return Scenario(previous, current, [label for label in labels if label[1]])


@scenario("a second contract begins within the month")
def _second(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, other, day = a_price(rng), a_price(rng), day_within(rng, now)
    current = made_bill(now, fee(now, cents), fee(now, other, days=(day, now.end), contract=2, plan="Mobile"))
    return Scenario(made_bill(before, fee(before, cents)), current, [("proration", part(other, now, day, now.end))])


@scenario("one of two contracts ended with its discount")
def _one_ended(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, other, less = a_price(rng), a_price(rng), rng.randint(100, 900)
    previous = made_bill(
        before,
        fee(before, cents),
        fee(before, other, contract=2, plan="Mobile", last_day=before.last_day),
        off(before, less, contract=2),
    )
    return Scenario(previous, made_bill(now, fee(now, cents)), [("proration", less - other)])


@scenario("the same month a year before")
def _year_before(rng: Random) -> Scenario:
    """Thirteen bills apart: dearer since some month between, and the welcome discount is over."""
    _, now = two_months(rng)
    before = BillingPeriod.month_of(now.start.replace(year=now.start.year - 1))
    between = BillingPeriod.month_of(day_within(rng, before)).next_month()
    cents, more, less = a_price(rng), rng.randint(100, 400), rng.randint(500, 900)
    previous = made_bill(before, fee(before, cents), off(before, less, ended=between.last_day))
    current = made_bill(now, fee(now, cents + more, since=between.end))
    return Scenario(previous, current, [("price_change", more), ("discount_ended", less)])


@scenario("the bill before is missing")
def _gap(rng: Random) -> Scenario:
    """Compared with the month before that one: the plan was changed in the month without a bill."""
    missing, now = two_months(rng)
    before = missing.previous_month()
    cents, more, day = a_price(rng), rng.randint(100, 3000), day_within(rng, missing)
    current = made_bill(now, fee(now, cents + more, plan="Large", plan_since=day))
    return Scenario(made_bill(before, fee(before, cents)), current, [("plan_change", more)])


@scenario("the rate of tax within gross prices changes within the month")
def _gross_tax(rng: Random) -> Scenario:
    """What the customer pays includes tax and stays: two parts of one price, no cause."""
    before, now = two_months(rng)
    cents, day = a_price(rng), day_within(rng, now)
    current = made_bill(now, fee(now, cents, days=(now.start, day)), fee(now, cents, days=(day, now.end), rate=1600))
    return Scenario(made_bill(before, fee(before, cents)), current, [])
