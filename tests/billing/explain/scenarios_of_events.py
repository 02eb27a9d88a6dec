"""Scenarios of usage, single charges, fees, tax on net prices, first and final bills."""

from datetime import timedelta
from random import Random

from billing.rating.line import LineKind, ReasonCode
from tests.billing.explain.made_bills import VAT, fee, half_up, made_bill, off, part, single, tax, used
from tests.billing.explain.scenario import Scenario, a_price, day_within, scenario, two_months

EURO = 1_000_000


@scenario("more usage beyond the allowance")
def _more(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, few, more = a_price(rng), rng.randint(1, 5), rng.randint(1, 20)
    previous = made_bill(before, fee(before, cents, included=10), used(before, few, 2 * EURO, few * 200, included=10))
    current = made_bill(
        now, fee(now, cents, included=10), used(now, few + more, 2 * EURO, (few + more) * 200, included=10)
    )
    return Scenario(previous, current, [("extra_usage", more * 200)])


@scenario("usage back within the allowance")
def _less(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, units = a_price(rng), rng.randint(1, 20)
    previous = made_bill(
        before, fee(before, cents, included=10), used(before, units, 2 * EURO, units * 200, included=10)
    )
    return Scenario(previous, made_bill(now, fee(now, cents, included=10)), [("less_usage", -units * 200)])


@scenario("more consumption at a higher price")
def _dearer_units(rng: Random) -> Scenario:
    """Old price for what is used more, higher price for all that is used now."""
    before, now = two_months(rng)
    cents, units, more = a_price(rng), rng.randint(100, 400), rng.randint(10, 200)
    old, new = 300_000, 320_000
    previous = made_bill(before, fee(before, cents), used(before, units, old, 30 * units, unit="kWh"))
    current = made_bill(now, fee(now, cents), used(now, units + more, new, 32 * (units + more), unit="kWh"))
    return Scenario(previous, current, [("extra_usage", 30 * more), ("price_change", 2 * (units + more))])


@scenario("more consumption reaches the second tier")
def _tier(rng: Random) -> Scenario:
    """The first 100 at 0.30, from the 101st at 0.20."""
    before, now = two_months(rng)
    cents, few, more = a_price(rng), rng.randint(50, 100), rng.randint(101, 300)
    tiers = ((101, 200_000),)
    previous = made_bill(before, fee(before, cents), used(before, few, 300_000, few * 30, unit="kWh", tiers=tiers))
    now_cents = 100 * 30 + (more - 100) * 20
    current = made_bill(now, fee(now, cents), used(now, more, 300_000, now_cents, unit="kWh", tiers=tiers))
    return Scenario(previous, current, [("extra_usage", now_cents - few * 30)])


@scenario("a new price of the second tier")
def _tier_price(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, units = a_price(rng), rng.randint(150, 300)
    beyond = units - 100
    previous = made_bill(
        before,
        fee(before, cents),
        used(before, units, 300_000, 3000 + 20 * beyond, unit="kWh", tiers=((101, 200_000),)),
    )
    current = made_bill(
        now, fee(now, cents), used(now, units, 300_000, 3000 + 25 * beyond, unit="kWh", tiers=((101, 250_000),))
    )
    return Scenario(previous, current, [("price_change", 5 * beyond)])


@scenario("the same usage with another allowance")
def _allowance(rng: Random) -> Scenario:
    """14 used of 10 included, then 14 of 4: six more are charged though nothing more was used."""
    before, now = two_months(rng)
    cents, less = a_price(rng, 2000), rng.randint(100, 900)
    previous = made_bill(before, fee(before, cents, included=10), used(before, 4, EURO, 400, included=10))
    current = made_bill(
        now,
        fee(now, cents - less, included=4, plan="Small", plan_since=now.start),
        used(now, 10, EURO, 1000, included=4, plan="Small"),
    )
    return Scenario(previous, current, [("plan_change", -less), ("allowance_change", 600)])


@scenario("a larger plan makes extra usage free")
def _allowance_grows(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more, units = a_price(rng), rng.randint(100, 900), rng.randint(1, 9)
    previous = made_bill(before, fee(before, cents, included=10), used(before, units, EURO, units * 100, included=10))
    current = made_bill(now, fee(now, cents + more, included=50, plan="Large", plan_since=now.start))
    return Scenario(previous, current, [("plan_change", more), ("allowance_change", -units * 100)])


@scenario("usage outside the EU")
def _abroad(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, units = a_price(rng), rng.randint(1, 9)
    current = made_bill(now, fee(now, cents, included=10), used(now, units, 5 * EURO, units * 500, zone="world"))
    return Scenario(made_bill(before, fee(before, cents, included=10)), current, [("world_usage", units * 500)])


@scenario("no more usage outside the EU, but more at home")
def _back_home(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, abroad, home = a_price(rng), rng.randint(1, 9), rng.randint(1, 9)
    previous = made_bill(
        before, fee(before, cents, included=10), used(before, abroad, 5 * EURO, abroad * 500, zone="world")
    )
    current = made_bill(now, fee(now, cents, included=10), used(now, home, EURO, home * 100, included=10))
    return Scenario(previous, current, [("less_world_usage", -abroad * 500), ("extra_usage", home * 100)])


@scenario("usage of the month before that was reported late")
def _late(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, units = a_price(rng), rng.randint(1, 20)
    late = used(before, units, EURO, units * 100, included=10, late=True)
    current = made_bill(now, fee(now, cents, included=10), late)
    return Scenario(made_bill(before, fee(before, cents, included=10)), current, [("late_usage", units * 100)])


@scenario("a single charge came")
def _one_off(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, charge = a_price(rng), a_price(rng)
    visit = single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, day_within(rng, now), charge)
    return Scenario(
        made_bill(before, fee(before, cents)), made_bill(now, fee(now, cents), visit), [("one_off", charge)]
    )


@scenario("a single charge is gone")
def _one_off_gone(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, charge = a_price(rng), a_price(rng)
    visit = single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, day_within(rng, before), charge)
    return Scenario(
        made_bill(before, fee(before, cents), visit), made_bill(now, fee(now, cents)), [("one_off_gone", -charge)]
    )


@scenario("a single charge stands twice for one order")
def _duplicate(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, charge, day = a_price(rng), a_price(rng), day_within(rng, now)
    visits = [single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, day, charge) for _ in range(2)]
    current = made_bill(now, fee(now, cents), *visits)
    return Scenario(made_bill(before, fee(before, cents)), current, [("one_off", charge), ("duplicate_charge", charge)])


@scenario("the base fee stands twice")
def _double_fee(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents = a_price(rng)
    current = made_bill(now, fee(now, cents), fee(now, cents))
    return Scenario(made_bill(before, fee(before, cents)), current, [("duplicate_charge", cents)])


@scenario("a credit for goodwill")
def _credit(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, credit = a_price(rng), rng.randint(100, 900)
    line = single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, day_within(rng, now), -credit)
    return Scenario(made_bill(before, fee(before, cents)), made_bill(now, fee(now, cents), line), [("credit", -credit)])


@scenario("charges of another company come and go")
def _third_party(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, old = a_price(rng), rng.randint(100, 900)
    new = old + rng.randint(1, 400)
    one, two = (
        single(LineKind.THIRD_PARTY, ReasonCode.THIRD_PARTY, day_within(rng, month), amount, reference=f"TP-{amount}")
        for month, amount in ((before, old), (now, new))
    )
    labels = [("third_party", new), ("third_party_gone", -old)]
    return Scenario(made_bill(before, fee(before, cents), one), made_bill(now, fee(now, cents), two), labels)


@scenario("money for an outage")
def _outage(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, money, day = a_price(rng), 500 * rng.randint(1, 4), day_within(rng, now)
    line = single(
        LineKind.COMPENSATION,
        ReasonCode.OUTAGE,
        day,
        -money,
        started_on=day.isoformat(),
        ended_on=(day + timedelta(days=1)).isoformat(),
        days=1,
    )
    return Scenario(
        made_bill(before, fee(before, cents)), made_bill(now, fee(now, cents), line), [("compensation", -money)]
    )


@scenario("a reminder fee and interest")
def _late_fee(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, interest, day = a_price(rng), rng.randint(1, 99), day_within(rng, now)
    lines = (
        single(LineKind.LATE_FEE, ReasonCode.REMINDER, day, 500, invoice_number="DE-1"),
        single(LineKind.INTEREST, ReasonCode.LATE_PAYMENT, day, interest, invoice_number="DE-1"),
    )
    labels = [("late_fee", 500), ("late_interest", interest)]
    return Scenario(made_bill(before, fee(before, cents)), made_bill(now, fee(now, cents), *lines), labels)


@scenario("no reminder fee any more")
def _late_fee_gone(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents = a_price(rng)
    line = single(LineKind.LATE_FEE, ReasonCode.REMINDER, day_within(rng, before), 500, invoice_number="DE-1")
    return Scenario(
        made_bill(before, fee(before, cents), line), made_bill(now, fee(now, cents)), [("late_fee_gone", -500)]
    )


@scenario("the final bill with a fee for ending early")
def _final(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, charge, end = a_price(rng), rng.randint(2000, 9000), day_within(rng, now)
    last_day = end - timedelta(days=1)
    line = single(LineKind.TERMINATION_FEE, ReasonCode.EARLY_END, last_day, charge)
    days = part(cents, now, now.start, end)
    current = made_bill(now, fee(now, cents, days=(now.start, end), last_day=last_day), line)
    labels = [("proration", days - cents), ("termination_fee", charge)]
    return Scenario(made_bill(before, fee(before, cents)), current, labels)


@scenario("the first bill")
def _first(rng: Random) -> Scenario:
    _, now = two_months(rng)
    cents, less, day = a_price(rng), rng.randint(100, 900), day_within(rng, now)
    days = (day, now.end)
    current = made_bill(now, fee(now, cents, days=days), off(now, less, days=days, started=day))
    return Scenario(None, current, [("first_bill", part(cents, now, *days) - part(less, now, *days))])


@scenario("the first bill with a charge for setting up")
def _first_with_charge(rng: Random) -> Scenario:
    _, now = two_months(rng)
    cents, charge, day = a_price(rng), a_price(rng), day_within(rng, now)
    current = made_bill(
        now, fee(now, cents, days=(day, now.end)), single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, day, charge)
    )
    return Scenario(None, current, [("first_bill", part(cents, now, day, now.end)), ("one_off", charge)])


@scenario("a new net price, and the tax on it")
def _net_price(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents, more = a_price(rng), rng.randint(100, 900)
    tax_before, tax_now = half_up(cents * VAT, 10_000), half_up((cents + more) * VAT, 10_000)
    previous = made_bill(before, fee(before, cents), tax(before, tax_before, VAT))
    current = made_bill(now, fee(now, cents + more, since=now.start), tax(now, tax_now, VAT))
    return Scenario(previous, current, [("price_change", more), ("tax", tax_now - tax_before)])


@scenario("another rate of tax on net prices")
def _net_rate(rng: Random) -> Scenario:
    before, now = two_months(rng)
    cents = a_price(rng)
    tax_before, tax_now = half_up(cents * 2400, 10_000), half_up(cents * 2550, 10_000)
    previous = made_bill(before, fee(before, cents, rate=2400), tax(before, tax_before, 2400))
    current = made_bill(now, fee(now, cents, rate=2550), tax(now, tax_now, 2550))
    return Scenario(previous, current, [("tax_change", tax_now - tax_before)])
